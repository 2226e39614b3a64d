export type BreakerState = 'closed' | 'open' | 'half-open';

/** What of a breaker survives a restart; `openUntil` in monotonic ms. */
export interface BreakerMemory {
  /** In a row; five and more are an open or half-open breaker. */
  readonly failures: number;
  /** How often it opened without a call that went well in between. */
  readonly opens: number;
  readonly openUntil: number;
}

/** Consecutive failures that open a path (FAULTS R-03). */
export const OPENS_AFTER = 5;
/** Longest time that a path is left alone, however often it failed before. */
const LONGEST_OPEN_MS = 300_000;
/** How often the last path that is left is tried although it is open: it is never given up (FAULTS R-05). */
const LAST_RESORT_EVERY_MS = 1_000;
/** How long a probe of it may think before the next one is let in. */
const LAST_RESORT_PATIENCE_MS = 5_000;

/** The one call that finds out whether a path is well again. It holds the place until the clock takes it back. */
export interface Probe {
  readonly until: number;
  /** Sent while the path was still open, because no other was left. */
  readonly early: boolean;
}

/**
 * One path to an account: closed until calls fail five times in a row, then open for a while that grows with every time, then
 * half-open, where one call at a time may find out. A probe that hangs gives its place back by the clock (FAULTS R-04).
 * All times are monotonic ms; `openMs` is how long it stays open for the first time.
 */
export class Breaker {
  private failures: number;
  private opens: number;
  private openUntil: number;
  private probe: Probe | null = null;
  private lastProbeAt = Number.NEGATIVE_INFINITY;

  constructor(memory: BreakerMemory = { failures: 0, opens: 0, openUntil: 0 }) {
    this.failures = memory.failures;
    this.opens = memory.opens;
    this.openUntil = memory.openUntil;
  }

  get memory(): BreakerMemory {
    return { failures: this.failures, opens: this.opens, openUntil: this.openUntil };
  }

  state(now: number): BreakerState {
    if (this.failures < OPENS_AFTER) return 'closed';
    return now < this.openUntil ? 'open' : 'half-open';
  }

  /** Until a call may be sent here (ms); 0 for now. */
  waitMs(now: number): number {
    if (this.state(now) === 'closed') return 0;
    return Math.max(this.openUntil - now, this.probeLeftMs(now));
  }

  /** The same where no other path is left. */
  lastResortWaitMs(now: number): number {
    const patience = this.probeLeftMs(now) > 0 ? LAST_RESORT_PATIENCE_MS : LAST_RESORT_EVERY_MS;
    return Math.min(this.waitMs(now), Math.max(0, this.lastProbeAt + patience - now));
  }

  /** A call is sent. Unless the path is closed it is the probe, and what becomes of it is told with what this returns. */
  enter(now: number, openMs: number): Probe | null {
    const state = this.state(now);
    if (state === 'closed') return null;
    const early = state === 'open';
    this.lastProbeAt = now;
    this.probe = { until: now + openMs, early };
    return this.probe;
  }

  /** The path answers; the call is not over yet. After a probe calls are let in again, and the next failure opens the path again. */
  answered(probe: Probe | null): void {
    if (this.takeProbe(probe)) this.failures = OPENS_AFTER - 1;
  }

  /** A call went well to its end. One from before the path failed says nothing about it now. */
  served(probe: Probe | null, now: number): void {
    if (probe === null && this.state(now) !== 'closed') return;
    this.takeProbe(probe);
    this.failures = 0;
    this.opens = 0;
    this.openUntil = 0;
  }

  /** True when this opened the path. */
  failed(probe: Probe | null, now: number, openMs: number): boolean {
    const state = this.state(now);
    const probed = this.takeProbe(probe);
    // While it is open the period that runs is not made longer: this was under way before, or a try of the last path.
    if (state === 'open' || (state === 'half-open' && !probed)) return false;
    this.failures = Math.min(OPENS_AFTER, this.failures + 1);
    if (this.failures < OPENS_AFTER) return false;
    this.opens += 1;
    this.lastProbeAt = now;
    this.openUntil = now + Math.min(openMs * this.opens, Math.max(openMs, LONGEST_OPEN_MS));
    return true;
  }

  /** The call ended without saying anything about the path, as when its client left. */
  released(probe: Probe | null): void {
    this.takeProbe(probe);
  }

  /** What opened this path is over elsewhere: it may be probed now. */
  endPeriod(now: number): void {
    this.openUntil = Math.min(this.openUntil, now);
  }

  private probeLeftMs(now: number): number {
    return this.probe === null ? 0 : Math.max(0, this.probe.until - now);
  }

  /** Ends a probe; one whose place was given to another already changes nothing. */
  private takeProbe(probe: Probe | null): boolean {
    if (probe === null || probe !== this.probe) return false;
    this.probe = null;
    return true;
  }
}
