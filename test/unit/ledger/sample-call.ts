import fc from 'fast-check';
import type { CallRecord } from '../../../src-shared/contract/call.ts';

/** A call that has just begun; the fields that a test is about are given. */
export const begun = (id: string, fields: Partial<CallRecord> = {}): CallRecord => ({
  id,
  startedAt: 1_800_000_000_000,
  endpoint: 'responses',
  stream: true,
  status: 'inflight',
  httpStatus: null,
  errorCode: null,
  reason: null,
  keyId: 'key_1',
  keyName: 'laptop',
  project: null,
  member: null,
  client: 'Codex CLI 0.169.0',
  userAgent: 'codex_cli_rs/0.169.0',
  modelAsked: 'gpt-5-codex',
  modelRan: null,
  effort: null,
  serviceTier: null,
  accountId: null,
  accountLabel: null,
  conversationId: null,
  responseId: null,
  attempts: [],
  dropped: [],
  inputTokens: null,
  cachedTokens: null,
  cacheWriteTokens: null,
  outputTokens: null,
  reasoningTokens: null,
  costMicroUsd: null,
  spentMicroUsd: null,
  requestBytes: 1_234,
  ttftMs: null,
  durationMs: null,
  overheadMs: null,
  ...fields,
});

/** The same call, served. */
export const served = (id: string, fields: Partial<CallRecord> = {}): CallRecord =>
  begun(id, {
    status: 'ok',
    httpStatus: 200,
    modelRan: 'gpt-5-codex',
    effort: 'high',
    accountId: 'acc_1',
    accountLabel: 'Zoë’s login',
    conversationId: 'conv_1',
    responseId: 'resp_1',
    attempts: [
      {
        accountId: 'acc_1',
        accountLabel: 'Zoë’s login',
        startedAt: 1_800_000_000_001,
        outcome: 'served',
        httpStatus: 200,
        errorCode: null,
        reason: null,
        firstByteMs: 12.5,
        durationMs: 700,
      },
    ],
    dropped: ['temperature'],
    inputTokens: 1_000,
    cachedTokens: 900,
    outputTokens: 20,
    reasoningTokens: 0,
    costMicroUsd: 1_350,
    spentMicroUsd: 0,
    ttftMs: 130.25,
    durationMs: 701,
    overheadMs: 0.75,
    ...fields,
  });

/** What the next start makes of a call that was in flight. */
export const interrupted = (call: CallRecord): CallRecord => ({
  ...call,
  status: 'interrupted',
  reason: call.reason ?? 'Relay stopped before this call ended.',
});

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
