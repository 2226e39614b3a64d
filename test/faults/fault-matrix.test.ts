import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ScriptEntry } from '../../src-main/simulator/fault.ts';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import type { RunningRelay } from '../support/running-relay.ts';
import { beforeOutput, midText } from './matrix/faults.ts';
import { ask, forms, type Seen, streams } from './matrix/forms.ts';
import { type Cell, startCells } from './matrix/pool.ts';
import { type Line, report } from './matrix/report.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Every fault x phase x form of client x one to three accounts; the last account of a cell is healthy where there are several. */
const lines: Line[] = [];
afterAll(() => void process.stdout.write(`\n${report(lines)}\n\n`));

const settings = {
  'timeouts.firstOutputMs': 400,
  'timeouts.silenceMs': 400,
  'routing.holdMs': 0,
  'breaker.openMs': 60_000,
};
let relay: RunningRelay;
let cells: readonly Cell[];
beforeEach(async () => {
  ({ relay, cells } = await startCells({ settings }));
});
afterEach(() => relay.stop());

const healthy = ({ size, accounts }: Cell): readonly string[] => (size === 1 ? [] : accounts.slice(-1));
const faulty = ({ size, accounts }: Cell): readonly string[] => (size === 1 ? accounts : accounts.slice(0, -1));

/** One call of a cell while its accounts have the fault, and its row. Cells run at once: none sees anything of another. */
async function run(fault: string, entry: ScriptEntry, cell: Cell, order: string, more: object = {}): Promise<Line> {
  for (const name of faulty(cell)) relay.simulator.account(name).always(entry);
  const seen = await ask(relay.url, cell.key, cell.form, order, more);
  for (const name of faulty(cell)) relay.simulator.account(name).faults.clear();
  const fresh = (): Promise<CallRecord[]> =>
    relay.calls().then((calls) => calls.filter(({ keyId, status }) => keyId === cell.keyId && status !== 'inflight'));
  await vi.waitFor(async () => expect((await fresh()).length).toBe(1), { timeout: 5_000, interval: 5 });
  const [call] = (await fresh()) as [CallRecord];
  const served = call.attempts.find(({ outcome }) => outcome === 'served');
  const addedMs = served === undefined ? (call.durationMs ?? 0) : Math.max(0, served.startedAt - call.startedAt);
  const line = { fault, cell, seen, call, addedMs };
  lines.push(line);
  expectSound(line);
  return line;
}

/** What holds in every cell, whatever the fault. */
function expectSound({ cell, seen, call }: Line): void {
  const accounts = relay.relay.accounts.list().filter(({ label }) => cell.accounts.includes(label));
  // Three accounts, and one replay each on two of them after a 401.
  // One end, never a false one; the log says what the client saw; every slot is free; nothing is tried twice at once.
  expect([seen.finishes, call.status, accounts.map(({ inFlight }) => inFlight)]).toEqual([
    seen.error === null ? 1 : 0,
    seen.error === null ? 'ok' : 'error',
    accounts.map(() => 0),
  ]);
  expect(call.attempts.length).toBeLessThanOrEqual(5);
  for (const [index, number] of seen.sequence.entries()) {
    if (index > 0) expect(number).toBeGreaterThan(seen.sequence[index - 1]!);
  }
}

const outcomeOf = ({ text, error }: Seen): string => error ?? text;

describe('before output, another account serves and the client sees nothing of the fault', () => {
  test.each(beforeOutput)('$name', async ({ name, fault, alone }) => {
    await Promise.all(
      cells.map(async (cell) => {
        const order = `sim:say ${cell.form} with ${cell.size} was answered`;
        const { seen, call } = await run(name, fault, cell, order);
        const where = `${name}, ${cell.form}, ${cell.size} accounts`;
        if (cell.size === 1) {
          expect(`${where}: ${seen.error}`).toMatch(alone);
          expect([where, seen.text]).toEqual([where, '']);
          return;
        }
        expect([where, outcomeOf(seen), call.accountLabel]).toEqual([
          where,
          `${cell.form} with ${cell.size} was answered`,
          healthy(cell)[0],
        ]);
      }),
    );
  });
});

describe('mid-text, the answer is finished elsewhere to the letter', () => {
  const words = 'one two three four five six seven eight nine ten eleven twelve';

  test.each(midText)('$name', async ({ name, fault }) => {
    await Promise.all(
      cells.map(async (cell) => {
        const { seen, call } = await run(name, fault, cell, `sim:say ${words}`);
        const where = `${name}, ${cell.form}, ${cell.size} accounts`;
        if (cell.size === 1) {
          // Alone, an account that breaks every answer can only end in an error, never in a short answer that looks whole.
          expect([where, seen.error !== null]).toEqual([where, true]);
          return;
        }
        expect([where, outcomeOf(seen)]).toEqual([where, words]);
        expect([where, call.accountLabel]).toEqual([where, healthy(cell)[0]]);
        if (streams(cell.form) && call.attempts.length > 1) expect([where, call.spliced > 0]).toEqual([where, true]);
      }),
    );
  });

  test('with splicing off, nothing follows a cut but the error', async () => {
    await relay.relay.settings.patch({ 'routing.splice': 'off' });
    const fault: ScriptEntry = { kind: 'cut', at: 'deltas', afterDeltas: 3, how: 'reset' };
    await Promise.all(
      cells
        .filter(({ form }) => streams(form))
        .map(async (cell) => {
          const { seen, call } = await run('splicing off', fault, cell, `sim:say ${words}`);
          const begun = call.attempts.length > 0 && seen.text !== words;
          expect([cell.form, words.startsWith(seen.text), begun ? seen.error : 'upstream_stream_truncated']).toEqual([
            cell.form,
            true,
            'upstream_stream_truncated',
          ]);
        }),
    );
  });
});

describe('what must not be continued ends as an error that a client can retry', () => {
  const cutAfter = (afterDeltas: number): ScriptEntry => ({ kind: 'cut', at: 'deltas', afterDeltas, how: 'reset' });

  test('a tool call half sent is not sent again in the same answer', async () => {
    await Promise.all(
      cells
        .filter(({ form }) => streams(form))
        .map(async (cell) => {
          const { seen } = await run(
            'half a tool call',
            cutAfter(2),
            cell,
            'sim:call lookup {"word":"abcdefghijklmnopqrstuvwxyz"}',
          );
          if (seen.error !== null) expect([cell.form, seen.error]).toEqual([cell.form, 'upstream_stream_truncated']);
          expect(seen.calls.length).toBeLessThanOrEqual(1);
        }),
    );
  });

  test('a failure that the upstream itself declared after output goes to the client', async () => {
    const fault: ScriptEntry = { kind: 'failed', code: 'server_error', message: 'broke', afterDeltas: 2 };
    await Promise.all(
      cells
        .filter(({ form, size }) => streams(form) && size === 1)
        .map(async (cell) => {
          const { seen, call } = await run('declared failure', fault, cell, 'sim:say one two three four five six');
          expect([cell.form, seen.error !== null, call.attempts.length, call.spliced]).toEqual([cell.form, true, 1, 0]);
        }),
    );
  });
});

test('the matrix has every form of client', () => {
  expect(new Set(cells.map(({ form }) => form))).toEqual(new Set(forms));
});
