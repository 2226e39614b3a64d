import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { callSelection, readCallRow } from '../../src-main/ledger/call-row.ts';
import { openLedger } from '../../src-main/ledger/ledger.ts';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import { interrupted } from '../unit/ledger/sample-call.ts';
import { tempFolder } from '../unit/ledger/temp-folder.ts';
import { begunCall, decisionsOf, settledCall } from './ledger-story.ts';

const rounds = Number(process.env['RELAY_KILL_ROUNDS'] ?? 10);
const child = fileURLToPath(new URL('./ledger-child.ts', import.meta.url));

/** Where each round is killed: after this many lines. Some at once, most after tens to hundreds of calls; never the same twice. */
const killAfter = (round: number): number => (round % 5 === 0 ? 1 : 20 + ((round * 7_919) % 900));

/** Runs the child until it has said so many things, kills it, and returns all that it said. */
async function runAndKill(dataDir: string, run: string, lines: number): Promise<string[]> {
  const notes = join(dataDir, `notes-${run}`);
  const running = spawn(process.execPath, [child, dataDir, run, notes], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(running, 'exit');
  let heard = 0;
  for await (const _line of createInterface({ input: running.stdout })) {
    heard += 1;
    if (heard === lines) running.kill('SIGKILL');
  }
  await ended;
  expect(running.signalCode).toBe('SIGKILL');
  return readFileSync(notes, 'utf8').split('\n');
}

const numbers = (said: readonly string[], verb: string): number[] =>
  said.filter((line) => line.startsWith(`${verb} `)).map((line) => Number(line.slice(verb.length + 1)));

function storedCalls(dataDir: string): CallRecord[] {
  const db = new Sqlite(`${dataDir}/relay.db`, { readonly: true });
  const rows = db.prepare<[], Record<string, unknown>>(`SELECT ${callSelection} FROM calls`).all();
  db.close();
  return rows.map(readCallRow);
}

function storedDecisions(dataDir: string): Map<string, unknown> {
  const db = new Sqlite(`${dataDir}/relay.db`, { readonly: true });
  const rows = db.prepare<[], { call_id: string; body: string }>('SELECT call_id, body FROM decisions').all();
  db.close();
  return new Map(rows.map((row) => [row.call_id, JSON.parse(row.body)]));
}

it(`${rounds} times kill -9 in the middle of work: no call lost, none doubled, none wrong, each with its decisions`, {
  timeout: rounds * 15_000,
}, async () => {
  const dataDir = tempFolder();
  const promised: { run: string; begun: number[]; settled: Set<number> }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const run = `r${round}`;
    const said = await runAndKill(dataDir, run, killAfter(round));
    promised.push({ run, begun: numbers(said, 'begun'), settled: new Set(numbers(said, 'settled')) });
  }
  const last = await openLedger({ dataDir, clock: systemClock });
  await last.close();

  const explained = storedDecisions(dataDir);
  const stored = new Map(storedCalls(dataDir).map((call) => [call.id, call]));
  for (const { run, begun, settled } of promised) {
    for (const n of begun) {
      const row = stored.get(begunCall(run, n).id);
      stored.delete(begunCall(run, n).id);
      // A kill between the end of settle and the word of it leaves either; a word that was said is kept.
      const unfinished = interrupted(begunCall(run, n));
      const expected = settled.has(n) || row?.status !== 'interrupted' ? settledCall(run, n) : unfinished;
      expect(row).toEqual(expected);
      const decisions = expected === unfinished ? [] : decisionsOf(run, n);
      expect(explained.get(expected.id) ?? []).toEqual(decisions);
      explained.delete(expected.id);
    }
  }
  expect([...explained]).toEqual([]);
  // What remains was begun by a process killed before it could say so: at most the next call of each round.
  const unsaid = [...stored.values()];
  const nextOnes = promised.map(({ run, begun }) => interrupted(begunCall(run, begun.length)));
  expect(nextOnes).toEqual(expect.arrayContaining(unsaid));
  const calls = promised.reduce((sum, { begun }) => sum + begun.length, 0);
  expect(calls).toBeGreaterThan(rounds * 50);
});
