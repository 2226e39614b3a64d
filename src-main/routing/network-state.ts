/** Whether anything can be reached at all: one state for the whole pool, so that a lost network is no account's fault (FAULTS U-17, P-08). */
export interface NetworkState {
  offline(): boolean;
  /** How often anything has answered so far: where the number has not changed, nothing has. */
  answers(): number;
  /** Something answered, whatever it said: the network works. */
  answered(): void;
  /** An upstream could not be reached: no connection, no name, no route. */
  unreachable(): void;
}

/** One failure may be one upstream's; two in a row with no answer from anywhere in between are the network's. */
const OFFLINE_AFTER = 2;

/** `changed` is told once when the network is lost and once when it is back. */
export function createNetworkState(changed: (offline: boolean) => void): NetworkState {
  let answers = 0;
  let failures = 0;
  return {
    offline: () => failures >= OFFLINE_AFTER,
    answers: () => answers,
    answered() {
      answers += 1;
      if (failures === 0) return;
      const wasOffline = failures >= OFFLINE_AFTER;
      failures = 0;
      if (wasOffline) changed(false);
    },
    unreachable() {
      failures += 1;
      if (failures === OFFLINE_AFTER) changed(true);
    },
  };
}
