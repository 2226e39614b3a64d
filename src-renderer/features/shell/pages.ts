import {
  ChartNoAxesCombined,
  FlaskConical,
  FolderKanban,
  Gauge,
  KeyRound,
  ListTree,
  type LucideIcon,
  TriangleAlert,
  UsersRound,
} from 'lucide-react';
import { type ComponentType, lazy } from 'react';

interface AppPage {
  readonly path: string;
  /** What its addresses look like, for wouter. */
  readonly pattern: string;
  readonly title: string;
  readonly icon: LucideIcon;
  readonly load: () => Promise<{ default: ComponentType }>;
  readonly component: ComponentType;
}

/** A page's script is fetched when it is first shown, or while nothing else is to be done. */
function page(path: string, title: string, icon: LucideIcon, load: AppPage['load'], pattern = path): AppPage {
  return { path, pattern, title, icon, load, component: lazy(load) };
}

/** All pages in the order of the navigation; the first ones have a place on a phone's bar. */
export const pages: readonly AppPage[] = [
  page('/', 'Overview', Gauge, () =>
    import('../overview/overview-page.tsx').then((file) => ({ default: file.OverviewPage })),
  ),
  page(
    '/calls',
    'Calls',
    ListTree,
    () => import('../calls/calls-page.tsx').then((file) => ({ default: file.CallsPage })),
    '/calls/:id?',
  ),
  page('/accounts', 'Accounts', UsersRound, () =>
    import('../accounts/accounts-page.tsx').then((file) => ({ default: file.AccountsPage })),
  ),
  page('/usage', 'Usage', ChartNoAxesCombined, () =>
    import('../usage/usage-page.tsx').then((file) => ({ default: file.UsagePage })),
  ),
  page('/keys', 'Keys', KeyRound, () => import('../keys/keys-page.tsx').then((file) => ({ default: file.KeysPage }))),
  page('/projects', 'Projects', FolderKanban, () =>
    import('../projects/projects-page.tsx').then((file) => ({ default: file.ProjectsPage })),
  ),
  page('/errors', 'Errors', TriangleAlert, () =>
    import('../errors/errors-page.tsx').then((file) => ({ default: file.ErrorsPage })),
  ),
  page('/rehearsal', 'Rehearsal', FlaskConical, () =>
    import('../rehearsal/rehearsal-page.tsx').then((file) => ({ default: file.RehearsalPage })),
  ),
];

/** Begins to fetch the page that an address shows, before anything else has to be waited for. */
export function preloadPageOf(pathname: string): void {
  const first = `/${pathname.split('/')[1]}`;
  const shown = pages.find(({ path }) => path === first) ?? pages[0];
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
