import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Timers } from '../../src-shared/domain/timers.ts';
import type { Credential } from '../protocol/credential.ts';
import { type Account, PLAN_FAMILY } from './account.ts';
import { bearerOf, type ChatgptSecret } from './account-secret.ts';
import type { Audit } from './audit.ts';
import type { Credentials } from './credentials.ts';
import type { Issuer } from './issuer.ts';
import { createLoginWatch } from './login-watch.ts';
import type { Observations } from './observations.ts';
import { createTokenRefresh, type RefreshOutcome } from './token-refresh.ts';

export interface LoginPorts {
  readonly list: () => readonly Account[];
  readonly credentials: Credentials;
  readonly observations: Observations;
  readonly issuer: Issuer;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly timers: Timers;
  /** 0 to 1. */
  readonly random: () => number;
  /** A new pair is stored and in use. */
  readonly renewed: (account: Account, secret: ChatgptSecret) => void;
}

export interface Logins {
  /** As `Credentials.of`, renewed first where it has ended. Rejects with `no_available_accounts` or `upstream_unavailable`. */
  credential(account: Account): Promise<Credential>;
  /** What follows from a 401 (PROTOCOL 1.3, recovery ladder). Never rejects. */
  recover(account: Account, refusedAuthorization: string, reason: string): Promise<'renewed' | 'refused' | 'later'>;
  /** The upstream took the account's credential. */
  accepted(accountId: string): void;
  /** Renews ahead of time, and looks at linked files, from now on. */
  start(): void;
  /** Resolves when what runs is stored; nothing begins any more. */
  stop(): Promise<void>;
  /** Resolves when no refresh of this account runs. */
  settled(account: Account): Promise<void>;
}

/** Keeps ChatGPT logins alive: ahead of time, when a call needs it, and after a refusal. */
export function createLogins(ports: LoginPorts): Logins {
  const { list, credentials, observations, issuer, audit, clock, timers, random } = ports;
  /** By account, the access token that Relay got itself and no upstream has taken yet. */
  const unproven = new Map<string, string>();
  /** The rests that are here because of a failed refresh, so that nobody else's is ended. */
  const rests = new Map<string, number>();

  const rest = (account: Account, { reason, restMs }: Extract<RefreshOutcome, { kind: 'later' }>): void => {
    const until = clock.now() + restMs;
    observations.rest(account.id, PLAN_FAMILY, until, reason);
    rests.set(account.id, until);
  };
  const endRest = (account: Account): void => {
    const until = rests.get(account.id);
    rests.delete(account.id);
    if (until !== undefined && account.rests.get(PLAN_FAMILY)?.until === until) {
      observations.clearRest(account.id, PLAN_FAMILY);
    }
  };

  const refresh = createTokenRefresh({
    issuer,
    credentials,
    clock,
    timers,
    random,
    renewed(account, secret) {
      unproven.set(account.id, secret.accessToken);
      endRest(account);
      ports.renewed(account, secret);
    },
    faltered: (account, reason) => audit.note({ actor: 'automatic', what: 'refresh-failed', account, detail: reason }),
  });

  const isOver = (account: Account): boolean => {
    const expiresAt = account.login?.expiresAt ?? null;
    return expiresAt !== null && expiresAt <= issuer.clock.now() && !refresh.isFresh(account);
  };
  const holds = (account: Account, authorization: string): boolean => {
    const held = credentials.held(account);
    return held !== null && authorization === `Bearer ${bearerOf(held)}`;
  };

  const afterRefusal = async (account: Account, authorization: string, reason: string): Promise<RefreshOutcome> => {
    if (account.login === null) return { kind: 'refused', reason };
    if (authorization === `Bearer ${unproven.get(account.id)}`) return { kind: 'refused', reason: refusedAnew };
    if (refresh.isFresh(account)) return { kind: 'later', reason, restMs: AFTER_FRESH_MS };
    return refresh.renewSoon(account, 'unauthorized_recovery', () => holds(account, authorization));
  };

  const watch = createLoginWatch({
    list,
    credentials,
    clock,
    timers,
    serviceNow: issuer.clock.now,
    async renew(account, isDue) {
      const outcome = await refresh.renew(account, 'proactive_expiry', isDue);
      // A login that cannot be renewed any more is used to its end (PROTOCOL 1.3).
      if (outcome.kind === 'refused' && isOver(account)) observations.needsSignIn(account.id, outcome.reason);
    },
    jumped() {
      refresh.forgive();
      for (const account of list()) endRest(account);
    },
  });

  return {
    async credential(account) {
      const credential = await credentials.of(account);
      if (!isOver(account)) return credential;
      const outcome = await refresh.renewSoon(account, 'proactive_expiry', () => isOver(account));
      switch (outcome.kind) {
        case 'renewed':
          return credentials.of(account);
        case 'refused':
          observations.needsSignIn(account.id, outcome.reason);
          throw new RelayError('no_available_accounts', { message: outcome.reason });
        case 'later':
          rest(account, outcome);
          throw new RelayError('upstream_unavailable', { message: outcome.reason, retryAfterMs: outcome.restMs });
      }
    },

    async recover(account, refusedAuthorization, reason) {
      // Twice, because the first may have waited for a refresh that somebody wanted for another reason.
      for (let round = 0; round < 2; round += 1) {
        const held = await credentials.of(account).catch(() => null);
        if (held === null) return 'later';
        if (held.authorization !== refusedAuthorization) return 'renewed';
        if (account.needsSignIn !== null) return 'refused';
        const outcome = await afterRefusal(account, refusedAuthorization, reason);
        if (outcome.kind === 'refused') {
          observations.needsSignIn(account.id, outcome.reason);
          return 'refused';
        }
        if (outcome.kind === 'later') {
          rest(account, outcome);
          return 'later';
        }
      }
      return 'later';
    },
    accepted(accountId) {
      if (unproven.size > 0) unproven.delete(accountId);
    },
    start: watch.start,
    async stop() {
      watch.stop();
      await refresh.close();
    },
    settled: refresh.settled,
  };
}

/** A login that worked after it was renewed and is refused within half a minute: not once more at once. */
const AFTER_FRESH_MS = 30_000;
const refusedAnew = 'The upstream refuses this login although it was renewed just now. Sign in again.';
