import { Ellipsis, Search } from 'lucide-react';
import { useId } from 'react';
import { Link, useLocation, useRoute } from 'wouter';
import { useLiveState } from '../../api/live.ts';
import { KeyCaps } from '../../components/key-caps.tsx';
import { Menu } from '../../components/menu.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { overlay } from './overlay.ts';
import { type AppPage, pageSections, pages } from './pages.ts';
import { keysInWords } from './shortcuts.ts';
import { themes, useTheme } from './theme.ts';

/** As many as a phone's bar has room for; the rest is under "More". */
const onPhone = 4;

/** A side bar; a rail of icons where it is narrow; a bar at the bottom on a phone. */
export function Navigation() {
  return (
    <nav
      aria-label="Pages"
      className="order-last flex shrink-0 border-t border-line bg-surface sm:order-first sm:w-13 sm:flex-col sm:overflow-y-auto sm:border-t-0 sm:border-r lg:w-52"
    >
      <div className="hidden h-12 shrink-0 items-center gap-2 px-4 sm:flex max-lg:sm:justify-center max-lg:sm:px-0">
        <Mark />
        <span className="font-semibold tracking-tight max-lg:hidden">Relay</span>
      </div>
      <div className="hidden px-2 pb-3 sm:block">
        <FindButton />
      </div>
      <div className="flex flex-1 gap-0.5 p-1 sm:flex-none sm:flex-col sm:gap-0 sm:px-2 sm:py-0">
        {pageSections.map(({ title, pages: members }) => (
          <Section key={title} title={title} pages={members} />
        ))}
        <div className="flex min-w-0 flex-1 basis-0 sm:hidden">
          <MorePages />
        </div>
      </div>
      <div className="mt-auto hidden gap-3 p-3 sm:grid max-lg:justify-items-center">
        <LiveSign />
        <div className="max-lg:hidden">
          <ThemeChoice />
        </div>
      </div>
    </nav>
  );
}

const linkLook =
  'flex w-full items-center gap-2.5 rounded-md px-2 py-1.5 font-medium text-muted transition-colors hover:bg-hover hover:text-ink aria-[current=page]:bg-selected aria-[current=page]:text-ink max-lg:flex-col max-lg:gap-0.5 max-lg:text-xs sm:max-lg:py-2.5';

/** Its title is read to all; it is seen where there is room, and a line stands for it on the rail. A phone shows pages only. */
function Section({ title, pages: members }: { title: string; pages: readonly AppPage[] }) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className="max-sm:contents sm:not-first:mt-2 sm:max-lg:not-first:border-t sm:max-lg:not-first:border-line sm:max-lg:not-first:pt-2 lg:not-first:mt-3"
    >
      <h2 id={id} className="px-2 pb-1 text-xs font-medium text-faint max-lg:sr-only">
        {title}
      </h2>
      <ul className="max-sm:contents sm:grid sm:gap-0.5">
        {members.map((page) => (
          <NavigationLink key={page.path} page={page} />
        ))}
      </ul>
    </section>
  );
}

function NavigationLink({ page: { path, pattern, title, icon: Icon, jump } }: { page: AppPage }) {
  const [here] = useRoute(pattern);
  const hiddenOnPhone = pages.findIndex((page) => page.path === path) >= onPhone;
  return (
    <li className={`min-w-0 flex-1 basis-0 ${hiddenOnPhone ? 'max-sm:hidden' : ''}`}>
      <Link href={path} aria-current={here ? 'page' : undefined} title={`${title} (g ${jump})`} className={linkLook}>
        <Icon size={16} aria-hidden className="shrink-0" />
        <span className="sm:max-lg:sr-only">{title}</span>
      </Link>
    </li>
  );
}

function FindButton() {
  return (
    <button
      type="button"
      title="Find a page, a thing or something to do"
      onClick={() => overlay.show('palette')}
      className="flex h-8 w-full items-center gap-2.5 rounded-md border border-line bg-well px-2 text-muted transition-colors hover:bg-hover hover:text-ink max-lg:justify-center"
    >
      <Search size={14} aria-hidden className="shrink-0" />
      <span className="flex-1 text-left max-lg:sr-only">Find…</span>
      <span className="max-lg:sr-only">
        <KeyCaps keys={keysInWords('Mod+k')} />
      </span>
    </button>
  );
}

function MorePages() {
  const [location, navigate] = useLocation();
  const more = pages.slice(onPhone);
  const here = more.find(({ path }) => location === path || location.startsWith(`${path}/`));
  return (
    <Menu
      label="More pages"
      groups={[
        [{ name: 'Find…', onSelect: () => overlay.show('palette') }],
        ...pageSections.map((section) =>
          section.pages
            .filter((page) => more.includes(page))
            .map(({ path, title }) => ({ name: title, checked: here?.path === path, onSelect: () => navigate(path) })),
        ),
      ]}
      trigger={
        <button type="button" aria-current={here === undefined ? undefined : 'page'} className={linkLook}>
          <Ellipsis size={16} aria-hidden className="shrink-0" />
          {here?.title ?? 'More'}
        </button>
      }
    />
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
