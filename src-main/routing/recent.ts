import type { Clock } from '../../src-shared/domain/clock.ts';

export interface Recent {
  get(key: string): string | null;
  set(key: string, value: string): void;
}

/** A map in memory that forgets what was not set for `keepMs`, and what was set longest ago when it is full. */
export function createRecent(most: number, keepMs: number, clock: Clock): Recent {
  const entries = new Map<string, { value: string; setAt: number }>();
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return null;
      if (clock.monotonic() - entry.setAt <= keepMs) return entry.value;
      entries.delete(key);
      return null;
    },
    set(key, value) {
      entries.delete(key);
      entries.set(key, { value, setAt: clock.monotonic() });
      if (entries.size <= most) return;
      const oldest = entries.keys().next();
      if (!oldest.done) entries.delete(oldest.value);
    },
  };
}
