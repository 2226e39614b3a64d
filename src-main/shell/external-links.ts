/** What the dashboard links to, and nothing else on the web. */
const origins = [
  'https://auth.openai.com',
  'https://chatgpt.com',
  'https://help.openai.com',
  'https://openai.com',
  'https://platform.openai.com',
];

export type ExternalLinks = (url: string) => boolean;

/**
 * Tells which addresses may be opened in the person's browser: pages of the services behind the accounts, by their exact
 * origin. `issuer` is where logins are signed in, which may be another place (RELAY_AUTH_ISSUER).
 */
export function createExternalLinks(issuer: string): ExternalLinks {
  const allowed = new Set([...origins, new URL(issuer).origin]);
  return (text) => {
    const url = URL.parse(text);
    if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return false;
    return url.username === '' && url.password === '' && allowed.has(url.origin);
  };
}
