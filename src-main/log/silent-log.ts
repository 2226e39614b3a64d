import type { Log } from './log.ts';

/** Keeps nothing: for a Relay that exists for seconds and tells what happened in another way. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLog,
  close: async () => undefined,
};
