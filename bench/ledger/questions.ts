import type { Database } from 'better-sqlite3';
import { readFailures } from '../../src-main/ledger/failures/failure-query.ts';
import { searchCalls } from '../../src-main/ledger/search/call-search.ts';
import { readCallValues } from '../../src-main/ledger/search/call-values.ts';
import { readUsageHours } from '../../src-main/ledger/usage/usage-hours.ts';
import { readUsage } from '../../src-main/ledger/usage/usage-query.ts';
import { failureQuerySchema } from '../../src-shared/contract/failure.ts';
import { usageHoursQuerySchema, usageQuerySchema } from '../../src-shared/contract/usage.ts';

const DAY = 86_400_000;

export interface Question {
  readonly group: 'list' | 'filters' | 'text' | 'suggestions' | 'errors' | 'usage' | 'hours';
  readonly name: string;
  ask(): unknown;
}

/** What a person asks of a call log whose newest call began at `now`: each filter alone, those that find nothing, and some together. */
export function questions(db: Database, now: number): Question[] {
  const calls = (group: Question['group'], name: string, query: object): Question => ({
    group,
    name,
    ask: () => searchCalls(db, { limit: 50, ...query }, []),
  });
  const causes = db
    .prepare<[], string>('SELECT name FROM causes JOIN failures ON cause = causes.id GROUP BY 1 ORDER BY count(*)')
    .pluck()
    .all();
  const window = (days: number) => ({ from: Math.floor(now - days * DAY), to: now });
  const spans = [
    [1 / 24, 'minute'],
    [1, 'hour'],
    [7, 'hour'],
    [30, 'day'],
    [90, 'day'],
    [365, 'day'],
    [365, 'month'],
    [365, 'total'],
  ] as const;
  return [
    calls('list', 'first page', {}),
    calls('list', 'a page of 200', { limit: 200 }),
    calls('list', 'a page of ten months ago', { cursor: `${now - 300 * DAY}:x` }),
    ...Object.entries(single).map(([name, value]) => calls('filters', `${name} ${value}`, { [name]: value })),
    ...Object.entries(combined).map(([name, query]) => calls('filters', name, query)),
    calls('filters', 'errors of one day half a year ago', {
      from: now - 200 * DAY,
      to: now - 199 * DAY,
      status: 'error',
    }),
    calls('filters', 'a rare cause', { cause: causes[0] }),
    calls('filters', 'a frequent cause', { cause: causes.at(-1) }),
    calls('filters', 'no such cause', { cause: 'err_x' }),
    ...['gpt', 'overloaded', '%%%%%%%%%%_%'].map((text) => calls('text', text, { text })),
    calls('text', 'nowhere, of a key', { text: 'nowhere', keyId: 'key_3' }),
    ...(['client', 'accountId', 'errorCode', 'modelAsked'] as const).map(
      (field): Question => ({
        group: 'suggestions',
        name: field,
        ask: () => readCallValues(db, { field, limit: 100 }),
      }),
    ),
    ...[1, 30, 365].flatMap((days) =>
      [{}, { keyId: 'key_3' }].map(
        (more): Question => ({
          group: 'errors',
          name: `${days} d ${JSON.stringify(more)}`,
          ask: () => readFailures(db, failureQuerySchema.parse({ ...window(days), ...more }), now),
        }),
      ),
    ),
    ...spans.flatMap(([days, grain]) =>
      groupings.flatMap((by) =>
        (['none', 'previous'] as const).map((compare): Question => {
          const query = usageQuerySchema.parse({ ...window(days), grain, by, compare, timeZone: 'UTC' });
          const name = `${days < 1 ? '1 h' : `${days} d`} by ${grain}, ${by || 'all'}${compare === 'none' ? '' : ', compared'}`;
          return { group: 'usage', name, ask: () => readUsage(db, query, { now, timeZone: 'UTC' }) };
        }),
      ),
    ),
    ...[7, 90, 365].map((days): Question => {
      const query = usageHoursQuerySchema.parse(window(days));
      return { group: 'hours', name: `${days} d`, ask: () => readUsageHours(db, query, { now, timeZone: 'UTC' }) };
    }),
  ];
}

const single = {
  ...{ status: 'error', httpStatus: 400, errorCode: 'server_is_overloaded', accountId: 'acc_100007', keyId: 'key_11' },
  ...{ project: 'ops', member: 'ada', client: 'OpenAI Python 2.20.0', model: 'gpt-6-sol-fast' },
  ...{ modelAsked: 'gpt-6-sol-fast', modelRan: 'gpt-5.5-codex', endpoint: 'chat', stream: false, spliced: true },
  ...{ failedOver: true, overflow: true, minCostMicroUsd: 200_000, minDurationMs: 60_000, maxTtftMs: 100 },
};

const combined = {
  'no such key': { keyId: 'nobody' },
  'a status that none has': { status: 'interrupted' },
  'two that exclude one another': { spliced: true, status: 'error' },
  'four at once': { keyId: 'key_11', model: 'gpt-6-sol-fast', accountId: 'acc_100007', status: 'error' },
  'a cost that none has': { minCostMicroUsd: 1e12 },
  'a latency that none has': { minDurationMs: 1e9 },
  'a first token that none has': { minTtftMs: 1e9 },
  'a cost that none has, of a key': { minCostMicroUsd: 1e12, keyId: 'key_3' },
  'cost, account and model': { minCostMicroUsd: 60_000, accountId: 'acc_100007', model: 'gpt-5.5-codex' },
};

const groupings = [
  ...['', 'model', 'account', 'key', 'project', 'member', 'client', 'status', 'endpoint'],
  ...['account,model', 'key,client'],
];
