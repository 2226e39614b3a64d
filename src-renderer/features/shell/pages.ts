import {
  BookOpen,
  ChartNoAxesCombined,
  FlaskConical,
  FolderKanban,
  Footprints,
  Gauge,
  HeartPulse,
  KeyRound,
  ListTree,
  type LucideIcon,
  Plug,
  Route,
  Settings2,
  TriangleAlert,
  UsersRound,
} from 'lucide-react';
import { type ComponentType, lazy } from 'react';

interface PagePlan {
  readonly path: string;
  readonly title: string;
  readonly icon: LucideIcon;
  /** The letter that goes here after `g`. */
  readonly jump: string;
  /** What its addresses look like, for wouter, where that is more than the path. */
  readonly pattern?: string;
  readonly load: () => Promise<ComponentType>;
}

export interface AppPage extends Required<Omit<PagePlan, 'load'>> {
  readonly load: () => Promise<{ default: ComponentType }>;
  readonly component: ComponentType;
}

interface PageSection {
  readonly title: string;
  readonly pages: readonly AppPage[];
}

/** A page's script is fetched when it is first shown, or while nothing else is to be done. */
function page({ load: loadComponent, ...plan }: PagePlan): AppPage {
  const load = () => loadComponent().then((component) => ({ default: component }));
  return { pattern: plan.path, ...plan, load, component: lazy(load) };
}

/** All pages in the order of the navigation; the first ones have a place on a phone's bar. */
export const pageSections: readonly PageSection[] = [
  {
    title: 'Work',
    pages: [
      page({
        path: '/',
        title: 'Overview',
        icon: Gauge,
        jump: 'o',
        load: () => import('../overview/overview-page.tsx').then((file) => file.OverviewPage),
      }),
      page({
        path: '/calls',
        title: 'Calls',
        icon: ListTree,
        jump: 'c',
        pattern: '/calls/:id?',
        load: () => import('../calls/calls-page.tsx').then((file) => file.CallsPage),
      }),
      page({
        path: '/accounts',
        title: 'Accounts',
        icon: UsersRound,
        jump: 'a',
        load: () => import('../accounts/accounts-page.tsx').then((file) => file.AccountsPage),
      }),
      page({
        path: '/usage',
        title: 'Usage',
        icon: ChartNoAxesCombined,
        jump: 'u',
        load: () => import('../usage/usage-page.tsx').then((file) => file.UsagePage),
      }),
      page({
        path: '/errors',
        title: 'Errors',
        icon: TriangleAlert,
        jump: 'e',
        load: () => import('../errors/errors-page.tsx').then((file) => file.ErrorsPage),
      }),
    ],
  },
  {
    title: 'Set up',
    pages: [
      page({
        path: '/connect',
        title: 'Connect',
        icon: Plug,
        jump: 'n',
        pattern: '/connect/:id?',
        load: () => import('../connect/connect-page.tsx').then((file) => file.ConnectPage),
      }),
      page({
        path: '/keys',
        title: 'Keys',
        icon: KeyRound,
        jump: 'k',
        load: () => import('../keys/keys-page.tsx').then((file) => file.KeysPage),
      }),
      page({
        path: '/projects',
        title: 'Projects',
        icon: FolderKanban,
        jump: 'p',
        load: () => import('../projects/projects-page.tsx').then((file) => file.ProjectsPage),
      }),
      page({
        path: '/routing',
        title: 'Routing',
        icon: Route,
        jump: 'r',
        load: () => import('../routing/routing-page.tsx').then((file) => file.RoutingPage),
      }),
      page({
        path: '/rehearsal',
        title: 'Rehearsal',
        icon: FlaskConical,
        jump: 't',
        load: () => import('../rehearsal/rehearsal-page.tsx').then((file) => file.RehearsalPage),
      }),
    ],
  },
  {
    title: 'Relay',
    pages: [
      page({
        path: '/status/parts',
        title: 'Status',
        icon: HeartPulse,
        jump: 'h',
        load: () => import('../status/status-page.tsx').then((file) => file.StatusPage),
      }),
      page({
        path: '/docs',
        title: 'Docs',
        icon: BookOpen,
        jump: 'd',
        pattern: '/docs/:id?',
        load: () => import('../docs/docs-page.tsx').then((file) => file.DocsPage),
      }),
      page({
        path: '/settings',
        title: 'Settings',
        icon: Settings2,
        jump: 's',
        load: () => import('../settings/settings-page.tsx').then((file) => file.SettingsPage),
      }),
    ],
  },
];

/** Not in the navigation: it is shown where nothing is set up yet, and opened again from the palette and from Connect. */
export const welcomePage: AppPage = page({
  path: '/welcome',
  title: 'Welcome',
  icon: Footprints,
  jump: 'w',
  pattern: '/welcome/:step?',
  load: () => import('../first-run/first-run-page.tsx').then((file) => file.FirstRunPage),
});

export const pages: readonly AppPage[] = [...pageSections.flatMap((section) => section.pages), welcomePage];

/** Begins to fetch the page that an address shows, before anything else has to be waited for. */
export function preloadPageOf(pathname: string): void {
  const shown = pages.find(({ path }) => path !== '/' && `${pathname}/`.startsWith(`${path}/`)) ?? pages[0];
  // Where it fails, showing the page fails too, and says so.
  void shown?.load().catch(() => undefined);
}

/** Fetches the others when the browser has nothing else to do, so that going to one is instant. */
export function preloadAllPages(): () => void {
  const all = () => {
    for (const { load } of pages) void load().catch(() => undefined);
  };
  if (typeof window.requestIdleCallback !== 'function') return () => undefined;
  const handle = window.requestIdleCallback(all, { timeout: 4_000 });
  return () => window.cancelIdleCallback(handle);
}
