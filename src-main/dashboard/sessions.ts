import { createHash, createHmac } from 'node:crypto';
import type { DashboardPorts } from './ports.ts';
import { sameSecret } from './secret-compare.ts';

const oneTimeTokenMs = 60_000;
const sessionMs = 7 * 24 * 3_600_000;
/** Tokens minted and not used; more than a person opens in a minute. */
const maxPending = 50;

export type Sessions = ReturnType<typeof createSessions>;

/**
 * Lets a browser in. A one-time token is exchanged for a session: its expiry and a nonce, signed with a key derived
 * from the API token, so a session outlives a restart of Relay and ends when the API token changes.
 */
export function createSessions(ports: Pick<DashboardPorts, 'apiToken' | 'clock' | 'randomBytes'>) {
  const signingKey = createHmac('sha256', ports.apiToken).update('relay dashboard session').digest();
  const pending = new Map<string, number>();

  const sign = (content: string): string => createHmac('sha256', signingKey).update(content).digest('base64url');

  /** Valid for 60 s and for one exchange. */
  function mintOneTimeToken(): string {
    const now = ports.clock.now();
    for (const [digest, expiresAt] of pending) if (expiresAt <= now) pending.delete(digest);
    const [oldest] = pending.keys();
    if (oldest !== undefined && pending.size >= maxPending) pending.delete(oldest);
    const token = ports.randomBytes(32).toString('base64url');
    pending.set(digestOf(token), now + oneTimeTokenMs);
    return token;
  }

  function exchange(token: string): { value: string; expiresAt: number } | null {
    const digest = digestOf(token);
    const tokenExpiresAt = pending.get(digest);
    pending.delete(digest);
    const now = ports.clock.now();
    if (tokenExpiresAt === undefined || tokenExpiresAt <= now) return null;
    const expiresAt = now + sessionMs;
    const content = `${expiresAt}.${ports.randomBytes(16).toString('base64url')}`;
    return { value: `${content}.${sign(content)}`, expiresAt };
  }

  /** When this session ends, in ms since the epoch; `null` for what is none, or none any more. */
  function endOf(value: string): number | null {
    const [expiry = '', nonce = '', signature = '', ...rest] = value.split('.');
    if (rest.length > 0 || !/^\d{1,16}$/.test(expiry)) return null;
    const open = sameSecret(signature, sign(`${expiry}.${nonce}`)) && Number(expiry) > ports.clock.now();
    return open ? Number(expiry) : null;
  }

  return { mintOneTimeToken, exchange, endOf };
}

/** Looked up by digest, so the look-up's time tells nothing about a token. */
const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex');
