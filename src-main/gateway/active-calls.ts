import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { createSlotMap } from '../../src-shared/domain/slot-map.ts';

/** A call that is being served and can be ended from inside. */
export interface EndableCall {
  readonly keyId: string;
  abort(error: RelayError): void;
}

/** All calls that are being served, so that a shutdown can wait for them. */
export interface ActiveCalls {
  size(): number;
  draining(): boolean;
  add(callId: string, running: EndableCall): void;
  remove(callId: string): void;
  /** Ends every running call of a key that was taken back. */
  endOf(keyId: string): void;
  /** Refuses new calls, waits for the running ones, and ends what is left at the deadline with `shutting_down`. */
  drain(deadlineMs: number): Promise<void>;
}

export function createActiveCalls(): ActiveCalls {
  const calls = createSlotMap<EndableCall>();
  let draining = false;
  let emptied: (() => void) | null = null;
  return {
    size: calls.size,
    draining: () => draining,
    add: calls.set,
    remove(callId) {
      calls.delete(callId);
      if (calls.size() === 0) emptied?.();
    },
    endOf(keyId) {
      const error = new RelayError('invalid_api_key', { message: 'This key was taken back while its call ran.' });
      for (const call of calls.values()) if (call.keyId === keyId) call.abort(error);
    },
    async drain(deadlineMs) {
      draining = true;
      if (calls.size() === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deadlineMs);
        emptied = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      for (const call of calls.values()) call.abort(new RelayError('shutting_down'));
    },
  };
}
