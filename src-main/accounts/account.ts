import type { AccountPolicy, Credits, UsageFacts } from '../../src-shared/contract/account.ts';
import type { LimitFamily, QuotaWindow } from '../../src-shared/domain/window.ts';
import type { LoginTimes } from './login-times.ts';
import type { WindowTrack } from './window-track.ts';

/** An upstream login or API key while Relay runs. Routing reads it on every call, so it is plain and kept up to date in place. */
export interface Account {
  readonly id: string;
  label: string;
  readonly kind: 'chatgpt' | 'openai';
  wire: 'responses' | 'chat';
  /** `null` for the upstream's usual address. */
  readonly baseUrl: string | null;
  email: string | null;
  plan: string | null;
  /** The ChatGPT workspace id. */
  upstreamAccountId: string | null;
  upstreamUserId: string | null;
  /** The file that a login was imported from; another program keeps it fresh. */
  linkedFile: string | null;
  enabled: boolean;
  policy: AccountPolicy;
  /** Rising order in which accounts are shown and, all else equal, used. */
  position: number;
  maxConcurrency: number | null;
  color: string | null;
  /** Set by the person; `until: null` has no end. */
  pause: { readonly until: number | null } | null;
  /** All calls go to this account until then (ms). */
  pinnedUntil: number | null;
  readonly createdAt: number;
  /** Why a person must sign in again; `null` while the login works. */
  needsSignIn: string | null;
  /** Why the secret cannot be read; `null` while it can. */
  keyringLocked: string | null;
  /** How long the login lasts; `null` for what never ends, and while the secret was not read yet. */
  login: LoginTimes | null;
  /** `null` while the account's list is not known. */
  models: ReadonlySet<string> | null;
  /** When that list was read last (ms). */
  modelsReadAt: number | null;
  /** Model to when it may be tried again. */
  readonly unsupported: Map<string, number>;
  readonly windows: Map<string, QuotaWindow>;
  /** How each window went, by the same keys. */
  readonly tracks: Map<string, WindowTrack>;
  credits: Credits | null;
  usage: UsageFacts | null;
  /** Why the usage endpoint could not be read last; `null` when it could. */
  usageError: string | null;
  /** When the usage endpoint was asked last (ms), with or without success. */
  usageAskedAt: number | null;
  readonly rests: Map<LimitFamily, Rest>;
  inFlight: number;
  lastUsedAt: number;
}

/** A model as an upstream lists it. */
export interface OfferedModel {
  readonly slug: string;
  /** The upstream's own entry of the Codex catalogue, where it has one. */
  readonly info: Readonly<Record<string, unknown>> | null;
}

/** A limit family that is left alone until its reset. */
export interface Rest {
  readonly until: number;
  readonly reason: string;
  /** The person asked for it: no answer of the upstream ends it. */
  readonly byPerson: boolean;
  /** When the upstream said so last (ms): only a reading that was asked for later can end it. */
  readonly since: number;
}

/** The family of a plan's own windows (PROTOCOL 3.5). */
export const PLAN_FAMILY = 'codex';

/** The family of the code review's own windows (PROTOCOL 6.4). */
export const CODE_REVIEW_FAMILY = 'code-review';

/** Windows are told apart by family and length. */
export const windowKey = (window: Pick<QuotaWindow, 'family' | 'lengthMs'>): string =>
  `${window.family}:${window.lengthMs}`;
