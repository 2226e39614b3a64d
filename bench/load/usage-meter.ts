import { cpus } from 'node:os';
import { cpuMicros, processTree, rssBytes } from '../process-tree.ts';
import { monotonicMicros } from '../wire/monotonic.ts';
import type { Usage, Watched } from './job.ts';

export interface UsageMeter {
  start(): void;
  /** Notes the target's memory; the largest note is the one reported. */
  sample(): void;
  stop(): Usage;
}

/** Reads what the target, the upstream and this process cost between `start` and `stop`. */
export function createUsageMeter(watched: Watched): UsageMeter {
  const target = watched.target === null ? [] : processTree(watched.target);
  const upstream = processTree(watched.upstream);
  const self = processTree(process.pid);
  let startedAt = 0;
  let targetBefore: number | null = null;
  let feederBefore = 0;
  let coresBefore: number | null = null;
  let rss: number | null = null;

  const feeder = (): number => (cpuMicros(upstream) ?? 0) + (cpuMicros(self) ?? 0);
  const sample = (): void => {
    rss = Math.max(rss ?? 0, rssBytes(target) ?? 0) || null;
  };

  return {
    start() {
      targetBefore = cpuMicros(target);
      feederBefore = feeder();
      coresBefore = busyMicros(watched.cores);
      startedAt = monotonicMicros();
    },
    sample,
    stop() {
      const elapsed = monotonicMicros() - startedAt;
      const targetAfter = cpuMicros(target);
      const feederBusy = (feeder() - feederBefore) / elapsed;
      const coresAfter = busyMicros(watched.cores);
      sample();
      const targetCpuMicros = targetBefore === null || targetAfter === null ? null : targetAfter - targetBefore;
      return {
        targetCpuMicros,
        targetRssBytes: rss,
        targetBusy: targetCpuMicros === null ? null : targetCpuMicros / elapsed,
        feederBusy,
        othersBusy:
          coresBefore === null || coresAfter === null
            ? null
            : Math.max(0, (coresAfter - coresBefore - (targetCpuMicros ?? 0)) / elapsed - feederBusy),
      };
    },
  };
}

/** Time that the cores have not been idle. */
function busyMicros(cores: number[] | null): number | null {
  if (cores === null) return null;
  const all = cpus();
  let milliseconds = 0;
  for (const core of cores) {
    const times = all[core]?.times;
    if (!times) return null;
    milliseconds += times.user + times.nice + times.sys + times.irq;
  }
  return milliseconds * 1000;
}
