import type { Clock } from '../../src-shared/domain/clock.ts';

export interface WindowSpec {
  readonly usedPercent?: number;
  /** Tokens that fill the window; cached input counts a tenth. */
  readonly capacityTokens?: number;
  /** When the running window ends; only needed when it starts out used. */
  readonly resetsInMs?: number;
}

/** A quota window that fills by tokens and empties by the clock. It starts with its first use, like the real ones. */
export interface SimulatedWindow {
  readonly lengthMs: number;
  usedPercent(): number;
  /** Milliseconds since the epoch; for an unused window, a full length from now. */
  resetsAt(): number;
  isFull(): boolean;
  fill(tokens: number): void;
  set(state: { usedPercent: number; resetsInMs?: number }): void;
  reset(): void;
}

export function createQuotaWindow(lengthMs: number, spec: WindowSpec, clock: Clock): SimulatedWindow {
  const capacity = spec.capacityTokens ?? Math.round((lengthMs / 3_600_000) * 400_000);
  let used = 0;
  let endsAt: number | null = null;

  const settle = (): void => {
    if (endsAt !== null && endsAt <= clock.now()) {
      used = 0;
      endsAt = null;
    }
  };
  const start = (): void => {
    endsAt ??= clock.now() + lengthMs;
  };
  const set = (state: { usedPercent: number; resetsInMs?: number }): void => {
    used = (state.usedPercent / 100) * capacity;
    endsAt = state.resetsInMs === undefined ? endsAt : clock.now() + state.resetsInMs;
    if (used > 0) start();
  };
  set({
    usedPercent: spec.usedPercent ?? 0,
    ...(spec.resetsInMs === undefined ? {} : { resetsInMs: spec.resetsInMs }),
  });

  return {
    lengthMs,
    usedPercent() {
      settle();
      return Math.min(100, Math.round((used / capacity) * 10_000) / 100);
    },
    resetsAt() {
      settle();
      return endsAt ?? clock.now() + lengthMs;
    },
    isFull() {
      settle();
      return used >= capacity;
    },
    fill(tokens) {
      settle();
      start();
      used += tokens;
    },
    set,
    reset() {
      used = 0;
      endsAt = null;
    },
  };
}
