import fc from 'fast-check';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { begun } from './sample-call.ts';

const word = fc.constantFrom('gpt-5', 'GPT-5-mini', '100%', 'under_score', "O'Neill", 'Ünïcode', 'a\\b', '%_%');

/** Calls with few different values, so that filters hit and times collide. */
export const anyCall = (id: string): fc.Arbitrary<CallRecord> =>
  fc
    .record({
      startedAt: fc.integer({ min: 1, max: 6 }),
      status: fc.constantFrom('inflight', 'ok', 'error', 'cancelled', 'interrupted'),
      keyId: fc.constantFrom('key_1', 'key_2'),
      keyName: word,
      modelAsked: word,
      modelRan: fc.option(word),
      client: fc.option(word),
      accountId: fc.constantFrom('acc_1', 'acc_2', null),
      accountLabel: fc.option(word),
      errorCode: fc.option(fc.constantFrom('upstream_error', 'upstream_timeout')),
      reason: fc.option(word),
    })
    .map((fields) => begun(id, fields));
