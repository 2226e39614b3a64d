import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newRecord } from '../src-main/gateway/new-record.ts';
import { unlimitedCaller } from '../src-main/gateway/unlimited-caller.ts';
import { createJournal, journalLimits } from '../src-main/ledger/journal.ts';
import { type JournalDisk, journalFolder, nodeDisk } from '../src-main/ledger/journal-files.ts';
import { createBreakers } from '../src-main/routing/breakers.ts';
import { createChooser } from '../src-main/routing/chooser.ts';
import { packDecision } from '../src-main/routing/decision-record.ts';
import { createLimitFamilies } from '../src-main/routing/limit-families.ts';
import { createNetworkState } from '../src-main/routing/network-state.ts';
import type { RoutedAccount } from '../src-main/routing/ports.ts';
import { createStats } from '../src-main/routing/stats.ts';
import type { CallRecord } from '../src-shared/contract/call.ts';
import { settingsSchema } from '../src-shared/contract/settings.ts';
import { systemClock } from '../src-shared/domain/clock.ts';
import { median } from './summary.ts';

/** A process that does nothing but choose: 50 accounts, a decision for each call, written into a journal on the disk. */
const ACCOUNTS = 50;
const BATCHES = 200;
const CALLS_IN_BATCH = 20;
const HOUR = 3_600_000;
const MODEL = 'gpt-5.5';

const folder = mkdtempSync(join(tmpdir(), 'relay-choices-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const now = Date.now();
const stats = createStats(systemClock);
const accounts = Array.from({ length: ACCOUNTS }, (_, index) => account(index));
for (const { id } of accounts) {
  stats.chosen(id);
  stats.served(id, MODEL, 800 + ((Number(id.slice(4)) * 7_919) % 4_000));
}
const settings = settingsSchema.parse({});
const chooser = createChooser({
  accounts: { list: () => accounts },
  stats,
  breakers: createBreakers({
    clock: systemClock,
    network: createNetworkState(() => undefined),
    openMs: () => settings['breaker.openMs'],
    memory: [],
    changed: () => undefined,
  }),
  families: createLimitFamilies({ memory: [], changed: () => undefined }),
  settings: () => settings,
  uncachedNanoUsd: () => 4_500,
  random: Math.random,
  clock: systemClock,
});
const nobody: ReadonlySet<string> = new Set();

/** Two windows each, one account in eight resting, one in ten a metered key, everything a little different. */
function account(index: number): RoutedAccount {
  const window = (hours: number, usedPercent: number) => ({
    family: 'codex',
    lengthMs: hours * HOUR,
    usedPercent,
    resetsAt: now + ((index % 9) + 1) * (hours / 10) * HOUR,
    readAt: now - index * 60_000,
    source: 'headers' as const,
  });
  const resting = index % 8 === 7;
  return {
    id: `acc_${100_000 + index}`,
    label: `person${index}@example.test`,
    kind: index % 10 === 9 ? 'openai' : 'chatgpt',
    wire: 'responses',
    baseUrl: null,
    enabled: true,
    policy: 'normal',
    position: index,
    maxConcurrency: index % 3 === 0 ? 10 : null,
    pause: null,
    pinnedUntil: null,
    needsSignIn: null,
    keyringLocked: null,
    models: new Set([MODEL, 'gpt-6-sol', 'gpt-6-luna']),
    unsupported: new Map(),
    windows: new Map([
      ['codex:5', window(5, (index * 37) % 100)],
      ['codex:168', window(168, (index * 61) % 100)],
    ]),
    rests: new Map(resting ? [['codex', { until: now + HOUR, reason: 'The account has reached its limit.' }]] : []),
    inFlight: index % 4,
    lastUsedAt: 0,
  };
}

/** One call's choice, as the router makes it. */
function choose(call: number) {
  const owner =
    call % 2 === 0 ? null : { accountId: accounts[call % ACCOUNTS]!.id, cachedTokens: (call * 997) % 200_000 };
  const { decision, account: chosen } = chooser.choose({
    model: MODEL,
    allowedAccounts: null,
    tried: nobody,
    owner,
    boundTo: null,
    overflow: 'no-consent',
  });
  stats.chosen(chosen!.id);
  return decision;
}

const record: CallRecord = newRecord({
  id: 'call_0123456789abcdef0123456789abcdef',
  endpoint: 'responses',
  startedAt: now,
  identity: unlimitedCaller('key_1', 'bench'),
  client: 'Codex CLI 0.169.0',
  userAgent: 'codex_cli_rs/0.169.0',
  requestBytes: 1_000,
});

/** Microseconds a call: the median of many short batches, so that what other programs take of the core does not count. */
function micros(run: (call: number) => void): number {
  const batches: number[] = [];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const began = process.hrtime.bigint();
    for (let call = 0; call < CALLS_IN_BATCH; call += 1) run(batch * CALLS_IN_BATCH + call);
    batches.push(Number(process.hrtime.bigint() - began) / 1_000 / CALLS_IN_BATCH);
  }
  return median(batches);
}

function measure() {
  const disk: JournalDisk = {
    ...nodeDisk,
    create(path) {
      const file = nodeDisk.create(path);
      // Nobody moves these lines on; without a name the file goes when it is closed.
      rmSync(path);
      return file;
    },
  };
  disk.makeFolder(journalFolder(folder));
  const journal = createJournal({
    folder: journalFolder(folder),
    disk,
    firstFile: 1,
    left: [],
    limits: journalLimits,
    onForget: () => undefined,
  });
  const write = (decisions: readonly string[]): void => {
    journal.append(record, decisions);
    journal.acknowledge(journal.written());
  };
  const packed = packDecision(choose(1));
  const chosen = micros(choose);
  const whole = micros((call) => write([packDecision(choose(call))]));
  const without = micros(() => write([]));
  journal.close();
  return { chosen, recorded: whole - without, bytes: packed.length };
}

// The first runs compile.
for (let round = 0; round < 3; round += 1) measure();
process.send?.(measure());
process.once('disconnect', () => process.exit(0));
