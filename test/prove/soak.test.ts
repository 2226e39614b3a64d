import { afterEach, expect, test } from 'vitest';
import type { ScriptEntry } from '../../src-main/simulator/fault.ts';
import { beforeOutput, midText } from '../faults/matrix/faults.ts';
import { ask, forms, type Seen } from '../faults/matrix/forms.ts';
import type { RelayScene } from '../support/relay-scene.ts';
import { amount, figure, inLanes, seededRandom } from './proving.ts';
import { startScene } from './relay-scene.ts';

const names = ['a', 'b', 'c', 'd'];
const accounts = names.map((name, index) => ({ name, kind: index < 2 ? ('chatgpt' as const) : ('openai' as const) }));
const settings = {
  'timeouts.firstOutputMs': 1_000,
  'timeouts.silenceMs': 1_000,
  'breaker.openMs': 200,
  'cooldown.minMs': 200,
  // A metered key may stand in without a ceiling: money is not what is proved here.
  'overflow.dailyMicroUsd': 1_000_000_000_000,
};

let scene: RelayScene;
afterEach(() => scene.stop());

async function startPool(): Promise<void> {
  scene = await startScene({ accounts, settings });
  const { keys } = await scene.api<{ keys: { id: string }[] }>('GET', '/api/keys');
  await scene.api('PATCH', `/api/keys/${keys[0]?.id}`, { overflow: true });
}

const textOf = (index: number): string => `this is the whole answer to call ${index} and not less of it`;

interface Counts {
  asked: number;
  right: number;
  failed: number;
  /** Shown as complete, and not the answer. */
  falseSuccesses: string[];
  /** An error after text that the answer does not begin with: something was said twice or came from elsewhere. */
  replays: string[];
}

/** Asks while there is `more`, in all forms in turn. */
async function soak(width: number, more: (asked: number) => boolean): Promise<Counts> {
  const counts: Counts = { asked: 0, right: 0, failed: 0, falseSuccesses: [], replays: [] };
  await inLanes(more, width, async (index) => {
    const form = forms[index % forms.length]!;
    const seen = await ask(scene.url, scene.key, form, `sim:say ${textOf(index)}`).catch(cutOff);
    counts.asked += 1;
    judge(counts, `${form} ${index}`, textOf(index), seen);
  });
  return counts;
}

/** A connection that ends is an error to every client. */
const cutOff = (error: Error): Seen => ({ text: '', error: error.message, finishes: 0, calls: [], sequence: [] });

function judge(counts: Counts, which: string, wanted: string, { text, error }: Seen): void {
  if (error !== null) {
    counts.failed += 1;
    if (!wanted.startsWith(text)) counts.replays.push(`${which}: ${text}`);
  } else if (text === wanted) counts.right += 1;
  else counts.falseSuccesses.push(`${which}: ${text}`);
}

/** Keeps a queue of what each account does next: `share` of its requests fail, each in a way drawn from `faults`. */
function keepFailing(share: number, faults: readonly ScriptEntry[], random: () => number): () => void {
  const refill = (): void => {
    for (const name of names) {
      const account = scene.simulator.account(name);
      if (account.faults.pending > 100) continue;
      const entries = Array.from({ length: 200 }, () =>
        random() < share ? (faults[Math.floor(random() * faults.length)] ?? null) : null,
      );
      account.script(...entries);
    }
  };
  refill();
  const timer = setInterval(refill, 20);
  return () => {
    clearInterval(timer);
    for (const name of names) scene.simulator.account(name).faults.clear();
  };
}

const entryOf = (name: string): ScriptEntry => {
  const found = [...beforeOutput, ...midText].find((fault) => fault.name === name);
  if (found === undefined) throw new Error(`there is no fault named ${name}`);
  return found.fault;
};

/** What passes: none of these takes an account out for long. */
const passing: readonly ScriptEntry[] = [
  ...['U-05 500', 'U-05 503', 'U-07 overloaded in the stream', 'server error in the stream'],
  ...['U-15 cut while the request is sent', 'U-15 reset before the headers', 'U-15 end after the headers'],
  ...['U-16 clean end after created', 'an empty 200'],
].map(entryOf);
const cutting: readonly ScriptEntry[] = midText.map(({ fault }) => fault);

const seconds = amount('RELAY_SOAK_SECONDS', 150);

test('G3: in a soak with 20 % faults nothing short is shown as complete, and nothing is said twice', {
  timeout: (seconds + 60) * 1_000,
}, async () => {
  await startPool();
  const stopFailing = keepFailing(0.2, [...passing, ...cutting], seededRandom(1));
  const until = performance.now() + seconds * 1_000;
  const counts = await soak(24, () => performance.now() < until);
  stopFailing();
  figure(
    'G3',
    '0 false successes and 0 replays after output in a soak with 20 % faults',
    `${counts.asked} calls in ${seconds} s: ${counts.falseSuccesses.length} false successes, ${counts.replays.length} replays; ${counts.failed} ended as an error`,
  );
  expect({ false: counts.falseSuccesses, replays: counts.replays }).toEqual({ false: [], replays: [] });
  expect(counts.right).toBeGreaterThan(counts.asked / 2);
});

/** Ways of being dead, and how much of the calls each gets. */
const dead = [
  ...['U-01 429 with Retry-After', 'U-02 429 without a hint', 'U-03 usage limit as status', 'U-05 500', 'U-05 503'],
  ...['U-03 usage limit as an error event in a 200', '401 that stays', 'A-11 403 usage not included'],
  ...['403 with a block page', 'U-15 reset before the headers', 'silence before the headers', 'an empty 200'],
];
const calls = amount('RELAY_SOAK_CALLS', 10_000);

test('G4: of four accounts one is dead in each of twelve ways, and no client is told of it', {
  timeout: 600_000,
}, async () => {
  const errors: string[] = [];
  let asked = 0;
  for (const name of dead) {
    await startPool();
    scene.simulator.account('a').always(entryOf(name));
    const share = Math.ceil(calls / dead.length);
    const counts = await soak(12, (index) => index < share);
    asked += counts.asked;
    if (counts.right < counts.asked) errors.push(`${name}: ${counts.asked - counts.right} of ${counts.asked}`);
    await scene.stop();
  }
  await startPool();
  figure(
    'G4 dead',
    '1 of 4 accounts dead in any of 12 ways: client error rate 0 in 10,000',
    `${asked} calls over ${dead.length} ways: ${errors.length === 0 ? '0 errors' : errors.join('; ')}`,
  );
  expect(errors).toEqual([]);
});

test('G4: with 5 % of all requests failing before output, 99.95 % of the calls are served', {
  timeout: 600_000,
}, async () => {
  await startPool();
  const stopFailing = keepFailing(0.05, passing, seededRandom(2));
  const counts = await soak(12, (index) => index < calls);
  stopFailing();
  const share = counts.right / counts.asked;
  figure(
    'G4 random',
    '5 % random faults before output everywhere: at least 99.95 % served',
    `${(100 * share).toFixed(3)} % of ${counts.asked} calls`,
  );
  expect(share).toBeGreaterThanOrEqual(0.9995);
});
