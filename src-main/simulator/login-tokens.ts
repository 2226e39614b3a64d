import type { Clock } from '../../src-shared/domain/clock.ts';
import type { IdSource } from './id-source.ts';
import { signedJwt } from './signed-jwt.ts';
import { unsignedJwt } from './unsigned-jwt.ts';

/** The public client id of the Codex CLI (PROTOCOL 1.1). */
export const codexClientId = 'app_EMoamEEZ73f0CkXaXp7hrann';

export interface LoginIdentity {
  readonly email: string;
  readonly accountId: string;
  readonly userId: string;
  readonly plan: string;
}

export interface TokenSet {
  readonly idToken: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

type AccessState = 'valid' | 'expired' | 'invalidated' | 'unknown';
type RefreshResult =
  | { readonly state: 'rotated'; readonly tokens: TokenSet }
  | { readonly state: 'expired' | 'reused' | 'invalidated' };

/** The logins of one account, as the sign-in service keeps them. */
export interface LoginTokens {
  /** The pair handed out last. */
  readonly current: TokenSet;
  /** A personal access token (PROTOCOL 1.6), which lives until it is revoked. */
  issuePersonal(): string;
  /** A new sign-in: a new pair beside those that are out already. */
  issue(): TokenSet;
  /** True for a refresh token that this account has or had. */
  knows(refreshToken: string): boolean;
  refresh(refreshToken: string): RefreshResult;
  accessState(accessToken: string): AccessState;
  expireAccessTokens(): void;
  expireRefreshTokens(): void;
  /** Ends one login by its refresh or access token; false when the token is not of this account. */
  revoke(token: string): boolean;
  revokeAll(): void;
}

interface LoginPorts {
  readonly clock: Clock;
  readonly nextId: IdSource;
  readonly issuer: () => string;
  readonly accessTokenTtlMs: number;
  /** How long a spent refresh token still works; the real service tolerates some reuse (openai/codex#10332). */
  readonly reuseGraceMs: number;
}

interface RefreshEntry {
  spentAt: number | null;
  expired: boolean;
  revoked: boolean;
}

export function createLoginTokens(identity: () => LoginIdentity, ports: LoginPorts): LoginTokens {
  const access = new Map<string, { expiresAt: number; revoked: boolean }>();
  const refreshes = new Map<string, RefreshEntry>();

  /** Made at first need: who signs in, and at which issuer, is not known before. */
  let current: TokenSet | null = null;
  const issue = (): TokenSet => {
    const now = ports.clock.now();
    const expiresAt = now + ports.accessTokenTtlMs;
    const tokens = mint(identity(), now, expiresAt, ports.issuer(), ports.nextId);
    access.set(tokens.accessToken, { expiresAt, revoked: false });
    refreshes.set(tokens.refreshToken, { spentAt: null, expired: false, revoked: false });
    current = tokens;
    return tokens;
  };
  const latest = (): TokenSet => current ?? issue();

  return {
    get current() {
      return latest();
    },
    issue,
    issuePersonal() {
      const token = ports.nextId('at').replace('_', '-');
      access.set(token, { expiresAt: Number.POSITIVE_INFINITY, revoked: false });
      return token;
    },
    knows: (refreshToken) => refreshes.has(refreshToken),
    refresh(refreshToken) {
      const entry = refreshes.get(refreshToken);
      if (entry === undefined || entry.revoked) return { state: 'invalidated' };
      if (entry.expired) return { state: 'expired' };
      const now = ports.clock.now();
      if (entry.spentAt !== null && now - entry.spentAt >= ports.reuseGraceMs) return { state: 'reused' };
      entry.spentAt ??= now;
      return { state: 'rotated', tokens: issue() };
    },
    accessState(accessToken) {
      const entry = access.get(accessToken);
      if (entry === undefined) return 'unknown';
      if (entry.revoked) return 'invalidated';
      return entry.expiresAt <= ports.clock.now() ? 'expired' : 'valid';
    },
    expireAccessTokens() {
      latest();
      for (const entry of access.values()) entry.expiresAt = Math.min(entry.expiresAt, ports.clock.now());
    },
    expireRefreshTokens() {
      latest();
      for (const entry of refreshes.values()) entry.expired = true;
    },
    revoke(token) {
      const entry = refreshes.get(token) ?? access.get(token);
      if (entry === undefined) return false;
      entry.revoked = true;
      return true;
    },
    revokeAll() {
      latest();
      for (const entry of refreshes.values()) entry.revoked = true;
      for (const entry of access.values()) entry.revoked = true;
    },
  };
}

/** The claims that clients read (PROTOCOL 1.5). */
function mint(identity: LoginIdentity, now: number, expiresAt: number, issuer: string, nextId: IdSource): TokenSet {
  const auth = {
    chatgpt_account_id: identity.accountId,
    chatgpt_plan_type: identity.plan,
    chatgpt_user_id: identity.userId,
    user_id: identity.userId,
    organizations: [{ id: `org-${identity.accountId}`, is_default: true, role: 'owner', title: 'Personal' }],
  };
  const issuedAt = Math.floor(now / 1000);
  const base = { iss: issuer, iat: issuedAt, 'https://api.openai.com/auth': auth };
  return {
    idToken: signedJwt({
      ...base,
      aud: [codexClientId],
      exp: issuedAt + 3600,
      sub: `auth0|${identity.userId}`,
      email: identity.email,
      email_verified: true,
      jti: nextId('id'),
    }),
    accessToken: unsignedJwt({
      ...base,
      aud: ['https://api.openai.com/v1'],
      client_id: codexClientId,
      exp: Math.floor(expiresAt / 1000),
      'https://api.openai.com/profile': { email: identity.email },
      jti: nextId('at'),
    }),
    refreshToken: nextId('rt'),
  };
}
