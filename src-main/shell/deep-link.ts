import { isAppPage } from '../../src-shared/domain/app-pages.ts';

export const linkScheme = 'relay';

/**
 * The page that a `relay://` link asks for, such as `/accounts` for `relay://accounts`; `null` for anything else. A link
 * comes from any web page or mail: it may choose a page, and nothing more. A query, a hash, a port or a name is not taken.
 */
export function readDeepLink(text: string): string | null {
  const match = /^relay:\/\/([a-z]+(?:\/[A-Za-z0-9_-]{1,100})?)\/?$/.exec(text);
  const path = match === null ? null : `/${match[1]}`;
  return path !== null && isAppPage(path) ? path : null;
}

/** The page asked for by the arguments of a program: Windows and Linux hand a link over as one of them. */
export function deepLinkIn(argv: readonly string[]): string | null {
  for (const argument of argv) {
    const path = readDeepLink(argument);
    if (path !== null) return path;
  }
  return null;
}
