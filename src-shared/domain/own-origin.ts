/**
 * Whether a page of this origin is one that Relay itself serves at this Host, which is checked against the allow-list before. A proxy
 * in front may add TLS.
 */
export function isOwnOrigin(origin: string, host: string | undefined): boolean {
  if (host === undefined) return false;
  const [asked, name] = [origin.toLowerCase(), host.toLowerCase()];
  return asked === `http://${name}` || asked === `https://${name}`;
}
