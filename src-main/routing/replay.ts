import { z } from 'zod';
import { attemptSchema } from '../../src-shared/contract/call.ts';
import type { ReplayReport } from '../../src-shared/contract/routing.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Database } from '../ledger/database.ts';
import { readDecision } from './decision-record.ts';
import { createReplayCounter } from './replay-report.ts';
import { createReplayWorld, type LoggedCall } from './replay-world.ts';
import type { Scoring } from './strategies.ts';

export interface ReplayPorts {
  readonly database: Database;
  readonly uncachedNanoUsd: (model: string) => number | null;
  readonly isMetered: (accountId: string) => boolean;
  readonly clock: Clock;
  /** Lets everything else that waits have its turn. */
  readonly pause: () => Promise<void>;
  /** Of a log that holds more, the newest are taken. */
  readonly mostCalls?: number;
}

export interface ReplayQuestion {
  readonly since: number;
  readonly scoring: Scoring;
  /** What calls are chosen by now. */
  readonly current: Scoring;
  readonly without: readonly { readonly accountId: string; readonly accountLabel: string }[];
}

export interface Replay {
  /** Reads the log in slices. Rejects with `conflict` while another replay runs. */
  run(question: ReplayQuestion): Promise<ReplayReport>;
}

const MOST_CALLS = 20_000;
const PAGE = 200;
/** Longer than this in one go would be felt in a stream. */
const SLICE_MS = 2;

/** What a replay of the log cannot know. */
const limits = [
  'Quota, rests, speed and calls in flight are taken as they were recorded: what the moved calls would have used up elsewhere is not carried over.',
  'An account that could not serve a call then cannot serve it here, and one that failed fails again; whether another one would have failed is not known.',
  'Cached tokens and costs of calls that go elsewhere are estimates: after a move the cache is taken to be cold, after a stay to hold the whole last prompt for an hour.',
  'Accounts that were added since take no part, and equal scores go to the first account where chance decided then.',
];

export function createReplay(ports: ReplayPorts): Replay {
  const { database, uncachedNanoUsd, isMetered, clock, pause, mostCalls = MOST_CALLS } = ports;
  let running = false;

  async function* logged(since: number, until: number): AsyncGenerator<readonly Record<string, unknown>[]> {
    let at = since;
    let id = '';
    for (;;) {
      const rows = await database.all(page, [at, id, until]);
      if (rows.length === 0) return;
      yield rows;
      const last = rows.at(-1)!;
      at = Number(last['started_at']);
      id = String(last['id']);
    }
  }

  async function run({ since, scoring, current, without }: ReplayQuestion): Promise<ReplayReport> {
    const until = clock.now();
    const [overflowing] = await database.all(beyond, [since, until, mostCalls]);
    const from = overflowing === undefined ? since : Number(overflowing['started_at']) + 1;
    const left = new Set(without.map(({ accountId }) => accountId));
    const counter = createReplayCounter({
      replayed: createReplayWorld({ scoring, without: left, uncachedNanoUsd }),
      unchanged: createReplayWorld({ scoring: current, without: new Set(), uncachedNanoUsd }),
      uncachedNanoUsd,
      isMetered,
    });
    let skipped = 0;
    for await (const rows of logged(from, until)) {
      let began = clock.monotonic();
      for (const row of rows) {
        const call = readRow(row);
        if (call === null) skipped += 1;
        else counter.take(call);
        if (clock.monotonic() - began < SLICE_MS) continue;
        await pause();
        began = clock.monotonic();
      }
    }
    return {
      since: from,
      until,
      strategy: scoring.strategy,
      weights: { ...scoring.weights },
      without: [...without],
      skipped,
      truncated: overflowing !== undefined,
      ...counter.sums(),
      limits,
    };
  }

  return {
    async run(question) {
      if (running)
        throw new RelayError('conflict', { message: 'A replay is running already. Ask again when it is done.' });
      running = true;
      try {
        return await run(question);
      } finally {
        running = false;
      }
    },
  };
}

const page = `SELECT c.id, c.started_at, c.conversation_id, c.account_id, c.attempts, c.input_tokens, c.cached_tokens,
    c.cost_micro_usd, c.spent_micro_usd, d.body
  FROM calls c LEFT JOIN decisions d ON d.call_id = c.id
  WHERE (c.started_at, c.id) > (?, ?) AND c.started_at <= ? ORDER BY c.started_at, c.id LIMIT ${PAGE}`;

/** The newest call that is one too many. */
const beyond =
  'SELECT started_at FROM calls WHERE started_at >= ? AND started_at <= ? ORDER BY started_at DESC LIMIT 1 OFFSET ?';

const count = z.number().nullable();
const rowSchema = z.object({
  id: z.string(),
  started_at: z.number(),
  conversation_id: z.string().nullable(),
  account_id: z.string().nullable(),
  attempts: z.string(),
  input_tokens: count,
  cached_tokens: count,
  cost_micro_usd: count,
  spent_micro_usd: count,
  body: z.string(),
});
const attemptsSchema = z.array(attemptSchema.pick({ accountId: true, outcome: true }));

/** `null` where the call has no decision that can be read. */
function readRow(row: Record<string, unknown>): LoggedCall | null {
  const parsed = rowSchema.safeParse(row);
  if (!parsed.success) return null;
  const { data } = parsed;
  const [first]: unknown[] = JSON.parse(data.body);
  const decision = readDecision(first);
  if (decision === null) return null;
  const attempts = attemptsSchema.parse(JSON.parse(data.attempts));
  return {
    id: data.id,
    at: data.started_at,
    conversationId: data.conversation_id,
    model: decision.model,
    accountId: data.account_id,
    failedAt: attempts.filter(({ outcome }) => outcome === 'failed').map(({ accountId }) => accountId),
    inputTokens: data.input_tokens,
    cachedTokens: data.cached_tokens,
    costMicroUsd: data.cost_micro_usd,
    spentMicroUsd: data.spent_micro_usd,
    decision,
  };
}
