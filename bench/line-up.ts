import { join } from 'node:path';
import type { Bench, Lane, Values } from './figures/figure.ts';
import { smallBody } from './figures/requests.ts';
import type { LoadClient } from './load-client.ts';
import type { Cores } from './machine.ts';
import { bare } from './targets/bare.ts';
import { direct } from './targets/direct.ts';
import { nginx } from './targets/nginx.ts';
import { relay } from './targets/relay.ts';
import type { Target, TargetKind, TargetName } from './targets/target.ts';
import { SHORT_DELTAS } from './wire/answers.ts';

/** Long enough for a Node target's code to be compiled. */
const WARM_UP_MS = 1_000;
const PATHS: Record<Lane['surface'], string> = { responses: '/v1/responses', chat: '/v1/chat/completions' };

export interface LineUp {
  /** Starts and warms every target that can run here. Answers with those that cannot, and why. */
  start(without: TargetName[]): Promise<Record<string, string>>;
  has(target: TargetName): boolean;
  measure(lane: Lane, fresh: boolean, run: (bench: Bench) => Promise<Values>): Promise<Values>;
  stop(): Promise<void>;
}

export interface Stage {
  upstreamPort: number;
  upstreamPid: number;
  cores: Cores | null;
  folder: string;
  load: LoadClient;
  secondLoad: LoadClient;
  scale: number;
}

export function createLineUp(stage: Stage): LineUp {
  const usedCores = stage.cores && [...new Set(Object.values(stage.cores))];
  const running = new Map<TargetName, { kind: TargetKind; target: Target }>();

  const start = async (kind: TargetKind): Promise<Target> => {
    const { upstreamPort, cores } = stage;
    const target = await kind.start({
      upstreamPort,
      core: cores?.target ?? null,
      folder: join(stage.folder, kind.name),
    });
    const surfaces: Lane['surface'][] = kind.name === 'relay' ? ['responses', 'chat'] : ['responses'];
    try {
      for (const surface of surfaces) await warmUp(target, surface);
    } catch (error) {
      await target.stop();
      throw error;
    }
    return target;
  };

  const benchFor = (target: Target, surface: Lane['surface']): Bench => ({
    to: { port: target.port, path: PATHS[surface], headers: target.headers },
    watched: { target: target.pid, upstream: stage.upstreamPid, cores: usedCores },
    load: stage.load,
    secondLoad: stage.secondLoad,
    core: stage.cores?.target ?? null,
    scale: stage.scale,
  });

  const warmUp = async (target: Target, surface: Lane['surface']): Promise<void> => {
    const { to, watched } = benchFor(target, surface);
    const body = smallBody(surface, { kind: 'short' }, true);
    const durationMs = WARM_UP_MS * stage.scale;
    await stage.load.run({ kind: 'closed-loop', to, body, clients: 8, durationMs, marks: SHORT_DELTAS }, watched);
  };

  return {
    async start(without) {
      const absent: Record<string, string> = {};
      for (const kind of [direct, nginx, bare, relay]) {
        const reason = without.includes(kind.name) ? 'left out by --without' : kind.missing();
        try {
          if (reason === null) running.set(kind.name, { kind, target: await start(kind) });
          else absent[kind.name] = reason;
        } catch (error) {
          absent[kind.name] = error instanceof Error ? error.message : String(error);
        }
      }
      return absent;
    },
    has: (name) => running.has(name),
    async measure(lane, fresh, run) {
      const entry = running.get(lane.target)!;
      if (fresh && lane.target !== 'direct') {
        await entry.target.stop();
        entry.target = await start(entry.kind);
      }
      return run(benchFor(entry.target, lane.surface));
    },
    async stop() {
      for (const { target } of running.values()) await target.stop();
    },
  };
}
