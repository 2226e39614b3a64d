import { statfs } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Ledger } from '../ledger/ledger.ts';
import type { GatewayFacts, StorageFacts } from './probes.ts';

/** The gateway as it is seen over a real connection to its own port. Watches pauses of the main thread until `stop`. */
export function gatewayFacts(
  url: () => string,
  isDraining: () => boolean,
  isPaused: () => boolean,
): GatewayFacts & { stop(): void } {
  const pauses = monitorEventLoopDelay({ resolution: 20 });
  pauses.enable();
  return {
    ask: async () => void (await fetch(`${url()}/health/live`, { signal: AbortSignal.timeout(5_000) })),
    longestPauseMs() {
      const longest = pauses.max / 1_000_000;
      pauses.reset();
      return longest;
    },
    isDraining,
    isPaused,
    stop: () => void pauses.disable(),
  };
}

export const storageFacts = ({ state, database }: Ledger, dataDir: string): StorageFacts => ({
  ledger: state,
  read: () => database.all('SELECT 1'),
  async freeBytes() {
    const disk = await statfs(dataDir);
    return disk.bavail * disk.bsize;
  },
});
