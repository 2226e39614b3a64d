import type { PausePort } from '../../../src-main/dashboard/ports.ts';
import type { RelayPause } from '../../../src-shared/contract/pause.ts';

/** A switch that notes what it was asked. */
export function recordingPause(note: (...words: unknown[]) => void, since: number): PausePort {
  let current: RelayPause | null = null;
  return {
    view: () => current,
    pause({ forMs }, by) {
      note(by, 'pauseRelay', forMs);
      current = { since, until: forMs === undefined ? null : since + forMs };
      return current;
    },
    resume(by) {
      note(by, 'resumeRelay');
      current = null;
    },
  };
}
