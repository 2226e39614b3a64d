import fc from 'fast-check';
import { type Cause, causeName } from '../../../src-main/ledger/failures/failures-of.ts';
import type { Attempt, CallRecord } from '../../../src-shared/contract/call.ts';
import { begun } from './sample-call.ts';

const word = fc.constantFrom('gpt-5', 'GPT-5-mini', '100%', 'under_score', "O'Neill", 'Ünïcode', 'a\\b', '%_%');
const code = fc.constantFrom('upstream_error', 'upstream_timeout');
const accountId = fc.constantFrom('acc_1', 'acc_2');

const attempt: fc.Arbitrary<Attempt> = fc
  .record({
    accountId,
    startedAt: fc.integer({ min: 1, max: 9 }),
    outcome: fc.constantFrom('failed', 'failed', 'continued', 'served', 'cancelled'),
    upstream: fc.constantFrom('chatgpt', 'openai', null),
    httpStatus: fc.constantFrom(429, 200, null),
    errorCode: fc.constantFrom('upstream_error', 'upstream_timeout', 'upstream_connection_error'),
    reason: fc.option(word),
    firstByteMs: fc.constantFrom(3, null),
    durationMs: fc.constantFrom(9, null),
  })
  .map((fields) => ({ ...fields, accountLabel: `label of ${fields.accountId}` }));

/** Calls with few different values, so that filters hit and times collide. */
export const anyCall = (id: string): fc.Arbitrary<CallRecord> =>
  fc
    .record({
      startedAt: fc.integer({ min: 1, max: 6 }),
      endpoint: fc.constantFrom('responses', 'chat'),
      stream: fc.boolean(),
      status: fc.constantFrom('inflight', 'ok', 'error', 'cancelled', 'interrupted'),
      httpStatus: fc.constantFrom(200, 429, null),
      keyId: fc.constantFrom('key_1', 'key_2'),
      keyName: word,
      project: fc.constantFrom('site', null),
      member: fc.constantFrom('ada', null),
      modelAsked: word,
      modelRan: fc.option(word),
      client: fc.option(word),
      accountId: fc.option(accountId),
      accountLabel: fc.option(word),
      attempts: fc.array(attempt, { maxLength: 3 }),
      spliced: fc.constantFrom(0, 1, 2),
      overflow: fc.boolean(),
      errorCode: fc.option(code),
      reason: fc.option(word),
      costMicroUsd: fc.option(fc.nat(5)),
      ttftMs: fc.option(fc.nat(3)),
      durationMs: fc.option(fc.nat(5)),
    })
    .map((fields) => begun(id, fields));

const noCause: Cause = { phase: 'admission', code: 'upstream_error', httpStatus: null, upstream: null };

/** Names of causes that some of these calls have met, and of one that none has. */
export const someCauses: readonly string[] = [
  noCause,
  { ...noCause, httpStatus: 429 },
  { ...noCause, phase: 'relay', code: 'interrupted' } as const,
  { phase: 'answer', code: 'upstream_error', httpStatus: 429, upstream: 'chatgpt' } as const,
  { phase: 'wait', code: 'upstream_timeout', httpStatus: null, upstream: 'openai' } as const,
  { ...noCause, code: 'nobody has met it' },
].map(causeName);
