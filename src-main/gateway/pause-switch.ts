import type { Actor } from '../../src-shared/contract/audit.ts';
import type { PauseWish, RelayPause } from '../../src-shared/contract/pause.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { formatClockTime } from '../../src-shared/format/clock-time.ts';
import type { Audit } from '../accounts/audit.ts';
import type { SettingsStore } from '../config/settings-store.ts';

/**
 * Pauses Relay as a whole: new calls are refused in words, running ones end normally, and no usage is read. It outlives a
 * restart. Durable and in force when it resolves; what changes nothing leaves no entry in the audit.
 */
export interface PauseSwitch {
  /** `null` while Relay is not paused. */
  view(): RelayPause | null;
  /** Throws `relay_paused` while Relay is. */
  check(): void;
  pause(wish: PauseWish, by: Actor): Promise<RelayPause>;
  resume(by: Actor): Promise<void>;
}

export interface PauseSwitchPorts {
  readonly settings: SettingsStore;
  readonly audit: Pick<Audit, 'record'>;
  readonly clock: Clock;
}

export function createPauseSwitch({ settings, audit, clock }: PauseSwitchPorts): PauseSwitch {
  const view = (): RelayPause | null => {
    const pause = settings.get('process.pause');
    return pause === null || (pause.until !== null && pause.until <= clock.now()) ? null : pause;
  };
  return {
    view,
    check() {
      const pause = view();
      if (pause === null) return;
      const now = clock.now();
      const end = pause.until === null ? '' : ` until ${formatClockTime(pause.until, now)}`;
      throw new RelayError('relay_paused', {
        message: `Relay is paused${end}. Resume it in its tray or dashboard, or with: relay resume`,
        retryAfterMs: pause.until === null ? null : pause.until - now,
      });
    },
    async pause({ forMs }, by) {
      const now = clock.now();
      const until = forMs === undefined ? null : now + forMs;
      const before = view();
      if (before !== null && before.until === until) return before;
      const pause: RelayPause = { since: before?.since ?? now, until };
      await settings.patch({ 'process.pause': pause });
      const end = until === null ? 'it is resumed' : formatClockTime(until, now);
      await audit.record({ actor: by, what: 'paused', account: null, detail: `Relay was paused until ${end}.` });
      return pause;
    },
    async resume(by) {
      const wasPaused = view() !== null;
      if (settings.get('process.pause') !== null) await settings.patch({ 'process.pause': null });
      if (wasPaused) {
        await audit.record({ actor: by, what: 'resumed', account: null, detail: 'Relay was resumed.' });
      }
    },
  };
}
