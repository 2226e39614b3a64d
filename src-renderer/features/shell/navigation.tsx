import { FlaskConical, Gauge, KeyRound, ListTree, UsersRound } from 'lucide-react';
import { Link, useRoute } from 'wouter';
import { useLiveState } from '../../api/live.ts';
import { Tabs } from '../../components/tabs.tsx';
import { themes, useTheme } from './theme.ts';

const pages = [
  { path: '/', pattern: '/', title: 'Overview', icon: Gauge },
  { path: '/calls', pattern: '/calls/*?', title: 'Calls', icon: ListTree },
  { path: '/accounts', pattern: '/accounts', title: 'Accounts', icon: UsersRound },
  { path: '/keys', pattern: '/keys', title: 'Keys', icon: KeyRound },
  { path: '/rehearsal', pattern: '/rehearsal', title: 'Rehearsal', icon: FlaskConical },
] as const;

/** A side bar; a rail of icons where it is narrow; a bar at the bottom on a phone. */
export function Navigation() {
  return (
    <nav
      aria-label="Pages"
      className="order-last flex shrink-0 border-t border-line bg-surface sm:order-first sm:w-13 sm:flex-col sm:border-t-0 sm:border-r lg:w-52"
    >
      <div className="hidden h-12 items-center gap-2 px-4 sm:flex max-lg:sm:justify-center max-lg:sm:px-0">
        <Mark />
        <span className="font-semibold tracking-tight max-lg:hidden">Relay</span>
      </div>
      <ul className="flex flex-1 gap-0.5 p-1 sm:flex-none sm:flex-col sm:px-2 sm:py-0">
        {pages.map((page) => (
          <NavigationLink key={page.path} {...page} />
        ))}
      </ul>
      <div className="mt-auto hidden gap-3 p-3 sm:grid max-lg:justify-items-center">
        <LiveSign />
        <div className="max-lg:hidden">
          <ThemeChoice />
        </div>
      </div>
    </nav>
  );
}

function NavigationLink({ path, pattern, title, icon: Icon }: (typeof pages)[number]) {
  const [here] = useRoute(pattern);
  return (
    <li className="flex-1">
      <Link
        href={path}
        aria-current={here ? 'page' : undefined}
        title={title}
        className="flex items-center gap-2.5 rounded-md px-2 py-1.5 font-medium text-muted transition-colors hover:bg-hover hover:text-ink aria-[current=page]:bg-selected aria-[current=page]:text-ink max-lg:flex-col max-lg:gap-0.5 max-lg:text-xs sm:max-lg:py-2.5"
      >
        <Icon size={16} aria-hidden className="shrink-0" />
        <span className="sm:max-lg:sr-only">{title}</span>
      </Link>
    </li>
  );
}

const signs = {
  connecting: { text: 'Connecting…', look: 'bg-faint' },
  live: { text: 'Live', look: 'bg-good-fill' },
  lost: { text: 'Not connected', look: 'bg-warn-fill' },
  'signed-out': { text: 'Signed out', look: 'bg-bad-fill' },
} as const;

function LiveSign() {
  const { text, look } = signs[useLiveState().state];
  return (
    <div className="flex items-center gap-2 px-1 text-sm text-muted" title={text}>
      <span className={`size-2 rounded-full ${look}`} aria-hidden />
      <span className="max-lg:sr-only">{text}</span>
    </div>
  );
}

function ThemeChoice() {
  const [theme, setTheme] = useTheme();
  return <Tabs label="Theme" names={themes} value={theme} onChange={setTheme} />;
}

function Mark() {
  return (
    <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden className="text-accent">
      <title>Relay</title>
      <path
        d="M2 10h5l3-5.5h8M7 10l3 5.5h8M7 10h11"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
