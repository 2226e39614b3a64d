import type { CallRecord } from '../../src-shared/contract/call.ts';
import type { RehearsalClient, RehearsalResult, RehearsalView } from '../../src-shared/contract/rehearsal.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { createSimulator, type SimulatorAddresses } from '../simulator/simulator.ts';
import { askAs, type Shown } from './client.ts';
import { type Scene, scenes } from './scenes.ts';

/** A Relay of its own for a rehearsal: nothing of the person's accounts, keys or log is in it. */
export interface Stage {
  readonly url: string;
  /** A key that may use these accounts only. */
  keyFor(accounts: readonly string[]): Promise<string>;
  /** The newest call, once it has settled. */
  lastCall(): Promise<CallRecord | null>;
  stop(): Promise<void>;
}

export interface RehearsalPorts {
  /** Starts a Relay with these settings on the simulator's accounts, ChatGPT logins by their name. */
  readonly openStage: (
    settings: Partial<Settings>,
    upstream: SimulatorAddresses,
    accounts: readonly { readonly label: string; readonly authJson: string }[],
  ) => Promise<Stage>;
  /** The person's own. */
  readonly settings: () => Settings;
  readonly clock: Clock;
}

export interface Rehearsal {
  view(): RehearsalView;
  /** Begins one unless it runs already. */
  start(): RehearsalView;
  /** Resolves when the one that runs has ended. */
  ended(): Promise<RehearsalView>;
}

/** What is rehearsed is what happens after a timeout, not how long the person lets it be. */
const FIRST_OUTPUT_MS = 1_500;
const words = 'one two three four five six seven eight nine ten eleven twelve';

const note =
  'Your settings for routing, retries, splicing and limits, on simulated accounts. So that it takes seconds, timeouts are ' +
  'at most 1.5 s, nothing is held for resting accounts, and every scene begins with a pool that knows of no failure.';

/** Plays what goes wrong in front of a Relay with the person's own settings, for every kind of client. */
export function createRehearsal(ports: RehearsalPorts): Rehearsal {
  const never: RehearsalView = {
    state: 'never',
    startedAt: null,
    endedAt: null,
    total: 0,
    reason: null,
    note,
    results: [],
  };
  let view = never;
  let running: Promise<void> = Promise.resolve();

  const set = (change: Partial<RehearsalView>): void => {
    view = { ...view, ...change };
  };

  const play = async (): Promise<void> => {
    const planned = scenes(ports.settings()['routing.splice'] !== 'off');
    const total = planned.reduce((sum, scene) => sum + scene.clients.length, 0);
    set({ ...never, state: 'running', startedAt: ports.clock.now(), total });
    try {
      for (const scene of planned) {
        for (const result of await playScene(ports, scene)) set({ results: [...view.results, result] });
      }
      set({ state: 'done', endedAt: ports.clock.now() });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      set({ state: 'failed', endedAt: ports.clock.now(), reason });
    }
  };

  return {
    view: () => view,
    start() {
      if (view.state !== 'running') running = play();
      return view;
    },
    async ended() {
      await running;
      return view;
    },
  };
}

/** Accounts and a key of its own for every client of the scene, because a pool learns from what went wrong. */
async function playScene(ports: RehearsalPorts, scene: Scene): Promise<RehearsalResult[]> {
  const names = scene.clients.flatMap(accountsOf);
  const accounts = names.map((name) => ({ name, kind: 'chatgpt' as const }));
  const simulator = createSimulator({ clock: ports.clock, accounts });
  const upstream = await simulator.start();
  try {
    const logins = names.map((label) => ({ label, authJson: simulator.account(label).authJson() }));
    const stage = await ports.openStage(stageSettings(ports.settings()), upstream, logins);
    try {
      const results: RehearsalResult[] = [];
      for (const client of scene.clients) {
        const own = accountsOf(client);
        for (const name of scene.everywhere === true ? own : own.slice(0, -1)) {
          simulator.account(name).always(scene.script);
        }
        const key = await stage.keyFor(own);
        const beganAt = ports.clock.monotonic();
        const shown = await askAs(client, stage.url, key, `sim:say ${words}`);
        const durationMs = ports.clock.monotonic() - beganAt;
        results.push(judge(scene, client, shown, await stage.lastCall(), durationMs));
      }
      return results;
    } finally {
      await stage.stop();
    }
  } finally {
    await simulator.stop();
  }
}

const accountsOf = (client: RehearsalClient): string[] => ['a', 'b'].map((place) => `${client} ${place}`);

function stageSettings(own: Settings): Partial<Settings> {
  const shorter = (ms: number): number => Math.min(ms, FIRST_OUTPUT_MS);
  return {
    ...own,
    'timeouts.firstOutputMs': shorter(own['timeouts.firstOutputMs']),
    'timeouts.silenceMs': shorter(own['timeouts.silenceMs']),
    'routing.holdMs': 0,
    'process.drainMs': 0,
    'process.pause': null,
    'secrets.store': null,
    // What is played is nobody's answer and nobody's figures.
    'ollama.enabled': false,
    'telemetry.otlpUrl': '',
  };
}

function judge(
  scene: Scene,
  client: RehearsalResult['client'],
  { text, error }: Shown,
  call: CallRecord | null,
  durationMs: number,
): RehearsalResult {
  const whole = error === null && text === words;
  const passed = scene.expected === 'whole' ? whole : error !== null;
  const part = text === '' ? '' : 'a part of the answer, then ';
  return {
    scene: scene.name,
    fault: scene.fault,
    client,
    passed,
    expected: scene.expected === 'whole' ? 'the whole answer' : 'an error that says so',
    saw: whole ? 'the whole answer' : error === null ? 'an answer that is not whole' : `${part}the error ${error}`,
    attempts: call?.attempts.length ?? 0,
    spliced: call?.spliced ?? 0,
    durationMs: Math.round(durationMs),
  };
}
