import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Timers } from '../../src-shared/domain/timers.ts';
import { createFairQueue, type FairQueue, type Slot } from './fair-queue.ts';
import { rateHeaders } from './rate-headers.ts';
import { filled, fullBucket, resized, returned, type TokenBucket, taken, waitFor } from './token-bucket.ts';

/** Per key; `null` for no limit. */
export interface RateLimits {
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
  readonly concurrency: number | null;
}

/** A call of the last minutes, as the ledger has it. */
export interface PastCall {
  readonly keyId: string;
  readonly startedAt: number;
  readonly tokens: number;
}

export interface KeyLimitsPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  /** How long a call may wait for its turn before it is refused, ms. */
  readonly queueMs: () => number;
  /** Calls from before this start that still count. */
  readonly past: readonly PastCall[];
}

/** A call that was let in. It is settled exactly once, however many attempts it takes (FAULTS 1.2.8). */
export interface AdmittedCall {
  /** `x-ratelimit-*` as they are now. */
  headers(): Record<string, string>;
  /** `tokens`: what was really used; `null` keeps the estimate. More than one call changes nothing. */
  settle(tokens: number | null): void;
}

export interface KeyLimits {
  /**
   * Lets a call in, at once or after a short wait in which keys take turns. Rejects with `rate_limit_exceeded` or
   * `tokens_exceeded` and the exact time to wait; a refusal uses up nothing.
   */
  admit(keyId: string, limits: RateLimits, tokens: number, signal: AbortSignal): AdmittedCall | Promise<AdmittedCall>;
  /** The headers for a refused call. */
  headers(keyId: string, limits: RateLimits): Record<string, string>;
  /** What a key uses now, for the dashboard. */
  use(keyId: string, limits: RateLimits): KeyUse;
}

export interface KeyUse {
  readonly inFlight: number;
  readonly waiting: number;
  readonly requests: TokenBucket | null;
  readonly tokens: TokenBucket | null;
}

/** How far back a call can still matter: a bucket that was emptied and overdrawn by its whole size is full again by then. */
export const PAST_MS = 120_000;

class KeyState {
  requests: TokenBucket | null = null;
  tokens: TokenBucket | null = null;
  concurrency: number | null = null;
  readonly queue: FairQueue;
  constructor(timers: Timers) {
    this.queue = createFairQueue({ capacity: () => this.concurrency, timers });
  }
}

export function createKeyLimits({ clock, timers, queueMs, past }: KeyLimitsPorts): KeyLimits {
  const states = new Map<string, KeyState>();
  const pastOf = Map.groupBy(past, (call) => call.keyId);
  const startedAt = { wall: clock.now(), monotonic: clock.monotonic() };

  /** The state with its buckets filled up to now and sized as the limits are now. */
  const current = (keyId: string, limits: RateLimits): KeyState => {
    const now = clock.monotonic();
    let state = states.get(keyId);
    if (state === undefined) {
      state = new KeyState(timers);
      states.set(keyId, state);
    }
    const replay = (amount: (call: PastCall) => number) => replayed(pastOf.get(keyId) ?? [], startedAt, amount);
    state.requests = bucketNow(
      state.requests,
      limits.requestsPerMinute,
      now,
      replay(() => 1),
    );
    state.tokens = bucketNow(
      state.tokens,
      limits.tokensPerMinute,
      now,
      replay((call) => call.tokens),
    );
    if (state.concurrency !== limits.concurrency) {
      state.concurrency = limits.concurrency;
      state.queue.serve();
    }
    return state;
  };

  const headersOf = ({ requests, tokens }: KeyState): Record<string, string> => ({
    ...(requests === null ? {} : rateHeaders('requests', requests)),
    ...(tokens === null ? {} : rateHeaders('tokens', tokens)),
  });

  const giveBack = (keyId: string, limits: RateLimits, requests: number, tokens: number): void => {
    const state = current(keyId, limits);
    if (state.requests !== null) state.requests = returned(state.requests, requests);
    if (state.tokens !== null)
      state.tokens = tokens >= 0 ? returned(state.tokens, tokens) : taken(state.tokens, -tokens);
  };

  return {
    headers: (keyId, limits) => headersOf(current(keyId, limits)),
    use(keyId, limits) {
      const { queue, requests, tokens } = current(keyId, limits);
      return { inFlight: queue.inUse(), waiting: queue.waiting(), requests, tokens };
    },
    admit(keyId, limits, tokens, signal) {
      const state = current(keyId, limits);
      const patience = queueMs();
      const byRequests = state.requests === null ? 0 : waitFor(state.requests, 1);
      const byTokens = state.tokens === null ? 0 : waitFor(state.tokens, tokens);
      if (byTokens === null) throw tooManyTokens(tokens, state.tokens?.capacity ?? 0);
      if (byRequests === null) throw requestsSpent(60_000, 0);
      if (byRequests > patience) throw requestsSpent(byRequests, state.requests?.capacity ?? 0);
      if (byTokens > patience) throw tokensSpent(byTokens, state.tokens?.capacity ?? 0);
      // Taken in advance: whoever comes later waits longer, so that the order is kept.
      if (state.requests !== null) state.requests = taken(state.requests, 1);
      if (state.tokens !== null) state.tokens = taken(state.tokens, tokens);
      const wait = Math.max(byRequests, byTokens);

      const enter = (slot: Slot): AdmittedCall => {
        let settled = false;
        return {
          headers: () => headersOf(current(keyId, limits)),
          settle(used) {
            if (settled) return;
            settled = true;
            slot.release();
            if (used !== null) giveBack(keyId, limits, 0, tokens - used);
          },
        };
      };
      const slot = wait === 0 ? state.queue.take(keyId) : null;
      if (slot !== null) return enter(slot);
      return (async () => {
        const begun = clock.monotonic();
        if (wait > 0) await pause(wait, timers, signal);
        const left = patience - (clock.monotonic() - begun);
        const late = state.queue.take(keyId) ?? (await state.queue.wait(keyId, left, signal));
        if (late !== null && !signal.aborted) return enter(late);
        late?.release();
        giveBack(keyId, limits, 1, tokens);
        throw tooManyAtOnce(limits.concurrency ?? 0);
      })();
    },
  };
}

function bucketNow(bucket: TokenBucket | null, limit: number | null, now: number, first: Replay): TokenBucket | null {
  if (limit === null) return null;
  if (bucket === null) return filled(first(limit), now);
  return bucket.capacity === limit ? filled(bucket, now) : resized(bucket, limit, now);
}

type Replay = (limit: number) => TokenBucket;

/** A bucket as the calls before this start left it, on the monotonic clock of this run (FAULTS L-08). */
const replayed =
  (past: readonly PastCall[], start: { wall: number; monotonic: number }, amount: (call: PastCall) => number): Replay =>
  (limit) => {
    let bucket = fullBucket(limit, start.monotonic - PAST_MS);
    for (const call of past) {
      const ago = Math.min(PAST_MS, Math.max(0, start.wall - call.startedAt));
      bucket = taken(filled(bucket, start.monotonic - ago), amount(call));
    }
    return bucket;
  };

function pause(ms: number, timers: Timers, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = timers.set(ms, done);
    signal.addEventListener('abort', done, { once: true });
  });
}

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1_000));

const requestsSpent = (wait: number, limit: number): RelayError =>
  new RelayError('rate_limit_exceeded', {
    message: `This key may make ${limit} requests a minute. Try again in ${seconds(wait)} s.`,
    retryAfterMs: wait,
  });

const tokensSpent = (wait: number, limit: number): RelayError =>
  new RelayError('tokens_exceeded', {
    message: `This key may use ${limit} tokens a minute. Try again in ${seconds(wait)} s.`,
    retryAfterMs: wait,
  });

const tooManyTokens = (tokens: number, limit: number): RelayError =>
  new RelayError('tokens_exceeded', {
    message: `This request takes about ${tokens} tokens, and this key may use ${limit} a minute. Send less at once, or raise the limit.`,
    // Longer than a client waits by itself: no wait would help.
    retryAfterMs: 61_000,
  });

const tooManyAtOnce = (limit: number): RelayError =>
  new RelayError('rate_limit_exceeded', {
    message: `This key may run ${limit} calls at once. Try again when one of them has ended.`,
    retryAfterMs: 1_000,
  });
