import type { IncomingHttpHeaders } from 'node:http';
import type { AccountView } from '../../src-shared/contract/account.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Timers } from '../../src-shared/domain/timers.ts';
import type { Credential } from '../protocol/credential.ts';
import { asObject, asText } from '../protocol/json-object.ts';
import { createTurns } from '../secrets/turns.ts';
import type { Account } from './account.ts';
import type { Accounts } from './accounts.ts';
import { retryAfter } from './limit-error.ts';
import { nextReadingAt, type PollState } from './quota-schedule.ts';

export interface UsageReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export interface QuotaPollingPorts {
  readonly accounts: Pick<
    Accounts,
    'list' | 'get' | 'view' | 'credential' | 'recover' | 'recordUsage' | 'usageAsked' | 'usageFailed'
  >;
  /** GET wham/usage (PROTOCOL 6.4). Rejects with a RelayError where there is no JSON answer in time. */
  readonly fetchUsage: (account: Account, credential: Credential) => Promise<UsageReply>;
  /** True while Relay rests as a whole: paused, or about to end. */
  readonly paused: () => boolean;
  /** Told why a reading failed; the account keeps its last one. */
  readonly failed: (account: Account, error: RelayError) => void;
  readonly clock: Clock;
  readonly timers: Timers;
  /** 0 to 1. */
  readonly random: () => number;
}

export interface QuotaPolling {
  /**
   * Reads one account's usage now and answers the account as it is then; asked again within 30 s it answers the last
   * reading. Rejects with `not_found`, with `invalid_value` for an API key, or with why the reading failed.
   */
  now(accountId: string): Promise<AccountView>;
  /** The machine slept: every login is read anew, one after the other, as soon as the network has had time to come back. */
  woke(): void;
  start(): void;
  stop(): void;
}

/** Bursts over many accounts preceded bans (PROTOCOL 0): one request at a time, and this long between two. */
const SPACING_MS = 10_000;
/** After the start and after sleep: other things come first, and the network may not be there yet. */
const SETTLE_MS = 20_000;
/** How often it is looked whether an account has come into use; also the lateness of a timer that tells of a sleep. */
const LOOK_MS = 60_000;
const ON_DEMAND_MS = 30_000;
const LONGEST_RETRY_AFTER_MS = 6 * 3_600_000;

/** Keeps the usage of all logins fresh: often where calls run, rarely elsewhere, and right after each reset. */
export function createQuotaPolling(ports: QuotaPollingPorts): QuotaPolling {
  const { accounts, clock, timers, random } = ports;
  const polls = new WeakMap<Account, PollState>();
  const inTurn = createTurns();
  let cancel: (() => void) | null = null;
  let stopped = false;
  /** No reading before this moment (monotonic ms). */
  let freeAt = 0;
  /** When the timer should run at the latest (ms). */
  let expectedAt = 0;

  const pollOf = (account: Account): PollState => {
    const known = polls.get(account);
    if (known !== undefined) return known;
    const poll = { failures: 0, unreachable: false, notBefore: 0, spread: random(), woken: false };
    polls.set(account, poll);
    return poll;
  };
  const keepFree = (ms: number): void => {
    freeAt = clock.monotonic() + ms * (0.75 + 0.5 * random());
  };

  const ask = async (account: Account): Promise<void> => {
    const askedAt = clock.now();
    accounts.usageAsked(account.id, askedAt);
    const credential = await accounts.credential(account.id);
    const reply = await ports.fetchUsage(account, credential);
    if (stopped) return;
    const { status, headers, body } = reply;
    if (status === 200 && accounts.recordUsage(account.id, body, askedAt)) return;
    if (status === 200) throw new RelayError('upstream_invalid_response', { message: notUsage });
    const sentence = `The usage of this login could not be read (HTTP ${status}).`;
    if (isTokenRefused(reply)) await accounts.recover(account.id, credential.authorization, refusedLogin);
    const at = retryAfter(headers, clock.now());
    throw new RelayError('upstream_error', {
      message: sentence,
      retryAfterMs: at === null ? null : Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, at - clock.now())),
    });
  };

  const read = async (account: Account): Promise<void> => {
    const poll = pollOf(account);
    try {
      await ask(account);
      Object.assign(poll, { failures: 0, unreachable: false, notBefore: 0 });
    } catch (thrown) {
      const error = thrown instanceof RelayError ? thrown : new RelayError('internal_error', { cause: thrown });
      poll.unreachable = error.code === 'upstream_connection_error';
      if (!poll.unreachable) poll.failures += 1;
      if (error.retryAfterMs !== null) poll.notBefore = clock.now() + error.retryAfterMs;
      if (!stopped) {
        accounts.usageFailed(account.id, error.message);
        ports.failed(account, error);
      }
      throw error;
    } finally {
      Object.assign(poll, { spread: random(), woken: false });
      keepFree(SPACING_MS);
    }
  };

  const mostUrgent = (now: number): { readonly account: Account; readonly at: number } | null => {
    let first: { readonly account: Account; readonly at: number } | null = null;
    for (const account of accounts.list()) {
      const at = nextReadingAt(account, pollOf(account), now);
      if (at !== null && (first === null || at < first.at)) first = { account, at };
    }
    return first;
  };

  /** A reading that somebody asked for may have come first. */
  const readIfDue = async (account: Account): Promise<void> => {
    const at = nextReadingAt(account, pollOf(account), clock.now());
    if (!stopped && at !== null && at <= clock.now()) await read(account);
  };

  const wait = (): void => {
    if (stopped) return;
    const now = clock.now();
    const due = ports.paused() ? null : mostUrgent(now);
    const ready = due === null ? LOOK_MS : Math.max(due.at - now, freeAt - clock.monotonic());
    const delay = Math.ceil(Math.min(LOOK_MS, Math.max(0, ready)));
    expectedAt = now + delay;
    cancel = timers.set(delay, wake);
  };

  const wake = (): void => {
    cancel = null;
    const now = clock.now();
    if (now - expectedAt > LOOK_MS) keepFree(SETTLE_MS);
    const due = ports.paused() || clock.monotonic() < freeAt ? null : mostUrgent(now);
    if (due === null || due.at > now) return wait();
    void inTurn(() => readIfDue(due.account))
      .catch(() => undefined)
      .then(wait);
  };

  return {
    async now(accountId) {
      const account = accounts.get(accountId);
      if (account === null) throw new RelayError('not_found', { message: 'There is no such account.' });
      if (account.kind !== 'chatgpt') throw new RelayError('invalid_value', { message: billedByUse });
      await inTurn(async () => {
        const since = clock.now() - (account.usageAskedAt ?? 0);
        if (since < 0 || since >= ON_DEMAND_MS) await read(account);
      });
      return accounts.view(account, clock.now());
    },
    woke() {
      if (stopped) return;
      for (const account of accounts.list()) pollOf(account).woken = true;
      keepFree(SETTLE_MS);
      // Where a reading runs, what comes after it is waited for when it ends.
      if (cancel === null) return;
      cancel();
      wait();
    },
    start() {
      keepFree(SETTLE_MS);
      wait();
    },
    stop() {
      stopped = true;
      cancel?.();
    },
  };
}

/**
 * True only where the upstream says that the token is at fault: an endpoint that refuses Relay itself says nothing about
 * the login.
 */
function isTokenRefused({ status, headers, body }: UsageReply): boolean {
  if (status !== 401) return false;
  const code = asText(asObject(asObject(body)?.['error'])?.['code']) ?? '';
  return code.startsWith('token_') || headers['x-openai-authorization-error'] !== undefined;
}

const notUsage = 'The upstream answered something else than the usage of this login.';
const refusedLogin = 'The upstream refused this login.';
const billedByUse = 'An API key is billed by use: it has no quota windows to read.';
