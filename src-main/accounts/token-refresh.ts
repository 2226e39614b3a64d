import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Timers } from '../../src-shared/domain/timers.ts';
import type { Account } from './account.ts';
import type { ChatgptSecret } from './account-secret.ts';
import type { Credentials } from './credentials.ts';
import type { Issuer } from './issuer.ts';
import { backoffMs, restMs } from './refresh-backoff.ts';
import { type RefreshReason, requestRefresh } from './refresh-request.ts';
import { renewedLogin } from './renewed-login.ts';

export interface TokenRefreshPorts {
  readonly issuer: Issuer;
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly timers: Timers;
  /** 0 to 1. */
  readonly random: () => number;
  /** A new pair is stored and in use. */
  readonly renewed: (account: Account, secret: ChatgptSecret) => void;
  /** The first of a row of failures that may end by themselves. */
  readonly faltered: (account: Account, reason: string) => void;
}

export type RefreshOutcome =
  /** What the account holds now is to be used: it was renewed, by Relay or by somebody else, or needed no renewal. */
  | { readonly kind: 'renewed' }
  /** A person must sign in again. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** To be tried again in `restMs`. */
  | { readonly kind: 'later'; readonly reason: string; readonly restMs: number };

export interface TokenRefresh {
  /**
   * Renews a login: one exchange per account however many ask, and one at a time in the whole program. `isWanted` is
   * asked when its turn has come, after a look at the linked file. Never rejects.
   */
  renew(account: Account, why: RefreshReason, isWanted: () => boolean): Promise<RefreshOutcome>;
  /** The same for a call, which does not wait long: `later` where the exchange is still under way then. */
  renewSoon(account: Account, why: RefreshReason, isWanted: () => boolean): Promise<RefreshOutcome>;
  /** Whether Relay renewed this login so short ago that no clock is reason enough to do it again. */
  isFresh(account: Account): boolean;
  /** Forgets how often renewing failed: the network may be another one now. */
  forgive(): void;
  /** No exchange begins any more; resolves when what runs is stored. */
  close(): Promise<void>;
  /** Resolves when no exchange of this account runs. */
  settled(account: Account): Promise<void>;
}

/** An answer that is given up is a login that may be lost, so the exchange itself may take much longer (30 s). */
const CALL_WAIT_MS = 5_000;
const FRESH_MS = 30_000;

interface Unstored {
  readonly account: Account;
  /** The refresh token that the store still holds, and that will not work again. */
  readonly spent: string;
  readonly secret: ChatgptSecret;
}

interface Flight {
  readonly done: Promise<RefreshOutcome>;
  soon: Promise<RefreshOutcome> | null;
}

/** Keeps refresh tokens, which work only once (FAULTS 1.3), from being sent twice or lost. */
export function createTokenRefresh(ports: TokenRefreshPorts): TokenRefresh {
  const { issuer, credentials, clock, timers, random } = ports;
  const flights = new Map<string, Flight>();
  const failures = new Map<string, number>();
  const renewedAt = new Map<string, number>();
  /** Refresh tokens whose last answer did not arrive. */
  const lost = new Set<string>();
  /** Pairs that the store did not take; they are used once it does. */
  const unstored = new Map<string, Unstored>();
  let isClosed = false;

  const later = (account: Account, reason: string): RefreshOutcome => {
    const failed = (failures.get(account.id) ?? 0) + 1;
    failures.set(account.id, failed);
    if (failed === 1) ports.faltered(account, reason);
    if (account.login !== null)
      account.login.nextRefreshAt = Math.round(issuer.clock.now() + backoffMs(failed, random()));
    return { kind: 'later', reason, restMs: restMs(failed, random()) };
  };

  /** Stored before it is used once. */
  const store = async (pair: Unstored): Promise<RefreshOutcome> => {
    const { account, spent, secret } = pair;
    let isMine: boolean;
    try {
      isMine = await credentials.replace(account, spent, secret);
    } catch {
      unstored.set(account.id, pair);
      return later(account, 'The renewed login cannot be stored, and is not used before it is.');
    }
    unstored.delete(account.id);
    failures.delete(account.id);
    lost.delete(spent);
    if (!isMine) return renewed;
    renewedAt.set(account.id, clock.monotonic());
    ports.renewed(account, secret);
    return renewed;
  };

  /** The token will not work again. That is nothing to a pair that took its place meanwhile. */
  const refuse = async (
    account: Account,
    old: ChatgptSecret,
    token: string,
    reason: string,
  ): Promise<RefreshOutcome> => {
    await credentials.rereadNow(account);
    const spent = { ...old, spent: { at: clock.now(), reason } };
    if (!(await credentials.replace(account, token, spent, 'inMemory'))) return renewed;
    return { kind: 'refused', reason };
  };

  const exchange = async (account: Account, old: ChatgptSecret, token: string, why: RefreshReason) => {
    // Written first, so that a Relay that ends here does not send the token a second time, and so that a store that takes
    // nothing is found out while the token is whole.
    const begun = { ...old, spent: { at: clock.now(), reason: null } };
    try {
      if (!(await credentials.replace(account, token, begun))) return renewed;
    } catch {
      return later(account, 'The login is not renewed, because the new one could not be stored.');
    }
    const answer = await requestRefresh(issuer, token, why);
    switch (answer.kind) {
      case 'tokens': {
        const secret = renewedLogin(old, answer.tokens, account, clock.now());
        if (secret === null) return refuse(account, old, token, foreign);
        const outcome = await store({ account, spent: token, secret });
        return answer.tokens.access_token == null && outcome.kind === 'renewed' ? later(account, noAccess) : outcome;
      }
      case 'refused': {
        const wasLost = lost.delete(token) && answer.code === 'refresh_token_reused';
        return refuse(account, old, token, wasLost ? lostAnswer : answer.reason);
      }
      case 'failed':
        if (answer.isLost) lost.add(token);
        await credentials.replace(account, token, old, 'inMemory');
        return later(account, answer.reason);
    }
  };

  const fly = async (account: Account, why: RefreshReason, isWanted: () => boolean): Promise<RefreshOutcome> => {
    if (isClosed) return { kind: 'later', reason: 'Relay is shutting down.', restMs: 0 };
    await credentials.rereadNow(account);
    const secret = await credentials.secretOf(account);
    if (!isWanted()) return renewed;
    if (secret.type !== 'chatgpt' || secret.refreshToken === null) return { kind: 'refused', reason: noRefreshToken };
    const pair = unstored.get(account.id);
    if (pair?.spent === secret.refreshToken) return store(pair);
    unstored.delete(account.id);
    if (secret.spent !== undefined) return { kind: 'refused', reason: secret.spent.reason ?? interrupted };
    return exchange(account, secret, secret.refreshToken, why);
  };

  const flightOf = (account: Account, why: RefreshReason, isWanted: () => boolean): Flight => {
    const running = flights.get(account.id);
    if (running !== undefined) return running;
    const done = issuer
      .inTurn(() => fly(account, why, isWanted))
      .catch((error: unknown) => later(account, error instanceof Error ? error.message : 'The login cannot be read.'))
      .finally(() => flights.delete(account.id));
    const flight: Flight = { done, soon: null };
    flights.set(account.id, flight);
    return flight;
  };

  const inTime = ({ done }: Flight, account: Account): Promise<RefreshOutcome> =>
    new Promise((resolve) => {
      const cancel = timers.set(CALL_WAIT_MS, () =>
        resolve({ kind: 'later', reason: slow, restMs: restMs((failures.get(account.id) ?? 0) + 1, random()) }),
      );
      void done.then((outcome) => {
        cancel();
        resolve(outcome);
      });
    });

  return {
    renew: (account, why, isWanted) => flightOf(account, why, isWanted).done,
    renewSoon(account, why, isWanted) {
      const flight = flightOf(account, why, isWanted);
      flight.soon ??= inTime(flight, account);
      return flight.soon;
    },
    isFresh(account) {
      const at = renewedAt.get(account.id);
      return at !== undefined && clock.monotonic() - at < FRESH_MS;
    },
    forgive: () => failures.clear(),
    settled: async (account) => void (await flights.get(account.id)?.done),
    async close() {
      isClosed = true;
      // Behind everything that waits, which ends without an exchange now.
      await issuer.inTurn(async () => undefined);
      for (const pair of unstored.values()) await store(pair);
    },
  };
}

const renewed: RefreshOutcome = { kind: 'renewed' };

const foreign =
  'The sign-in service answered a refresh with the login of another ChatGPT account, so nothing was changed. Sign in again.';
const noAccess = 'The sign-in service renewed this login without an access token.';
const noRefreshToken = 'This login has ended and holds nothing to renew it with. Sign in again.';
const lostAnswer =
  'The answer to a refresh was lost on the way, and the refresh token that it spent works only once. Sign in again.';
const interrupted =
  'Relay was stopped while this login was being renewed and never saw the answer. A refresh token works only once, so it is not sent again. Sign in again.';
const slow = 'The sign-in service has not answered yet.';
