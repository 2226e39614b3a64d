/** The pages of the dashboard's app; all of them are answered with its one document. `:id` stands for one segment. */
export const appPages = [
  '/',
  '/overview',
  '/calls',
  '/calls/:id',
  '/accounts',
  '/usage',
  '/welcome',
  '/welcome/:id',
  '/connect',
  '/connect/:id',
  '/keys',
  '/projects',
  '/errors',
  '/routing',
  '/rehearsal',
  '/settings',
  // `/status` itself is the page for everyone on this machine, without a session.
  '/status/parts',
  '/docs',
  '/docs/:id',
] as const;

/** True for the path of a page as it stands: no query, no hash, nothing encoded. */
export function isAppPage(path: string): boolean {
  return appPages.some((page) => new RegExp(`^${page.replace(':id', '[A-Za-z0-9_-]{1,100}')}$`).test(path));
}
