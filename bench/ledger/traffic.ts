import { newRecord } from '../../src-main/gateway/new-record.ts';
import { unlimitedCaller } from '../../src-main/gateway/unlimited-caller.ts';
import type { Attempt, CallRecord } from '../../src-shared/contract/call.ts';

/** A year of a busy desk: 12 keys, 8 accounts, 6 models, busy days and quiet nights, 3 % failures, the same in every run. */
const YEAR = 365 * 86_400_000;

const models = ['gpt-5.5', 'gpt-6-sol', 'gpt-6-luna', 'gpt-5.5-mini', 'gpt-5.5-codex', 'gpt-6-sol-fast'];
const clients = [
  ['Codex CLI 0.169.0', 'codex_cli_rs/0.169.0 (Debian 13; x86_64)'],
  ['Codex CLI 0.168.2', 'codex_cli_rs/0.168.2 (Debian 13; x86_64)'],
  ['OpenAI Node 7.57.0', 'OpenAI/JS 7.57.0'],
  ['OpenAI Python 2.20.0', 'OpenAI/Python 2.20.0'],
  [null, 'curl/8.14.1'],
] as const;
const projects = ['site', 'api', 'research', 'ops', null];
const members = ['ada', 'grace', 'linus', null];
/** Code, HTTP status, how long until it failed (ms), sentence. */
const troubles = [
  ['usage_limit_reached', 429, 180, 'The usage limit of this account has been reached.'],
  ['rate_limit_exceeded', 429, 150, 'Rate limit reached for requests per minute.'],
  ['upstream_error', 502, 900, 'The upstream answered with a page instead of an answer.'],
  ['upstream_timeout', null, 30_000, 'The upstream stayed silent for too long.'],
  ['upstream_connection_error', null, 40, 'The upstream could not be reached.'],
  ['upstream_stream_truncated', 200, 4_000, 'The upstream ended its answer too early.'],
  ['context_length_exceeded', 400, 300, 'The input is longer than the model can take.'],
  ['server_is_overloaded', 503, 700, 'Our servers are currently overloaded. Please try again later.'],
] as const;

export interface Traffic {
  /** Calls in the order of time. */
  call(index: number): CallRecord;
}

/** `count` calls over the year before `end` (ms). */
export function createTraffic(count: number, end: number, seed = 1): Traffic {
  let state = seed;
  const random = (): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  /** Small numbers often, large ones seldom. */
  const skewed = (below: number): number => Math.floor(random() ** 2 * below);
  const spread = (middle: number): number => middle * Math.exp((random() + random() + random() - 1.5) * 1.6);
  const hex = (): string =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');

  /** Calls come evenly in busy time; a night runs three times as fast as a day. */
  const timeOf = (index: number): number => {
    const even = (index / count) * YEAR;
    const day = Math.floor(even / 86_400_000) * 86_400_000;
    const share = (even - day) / 86_400_000;
    const bent = share < 0.15 ? share * (8 / 24 / 0.15) : 8 / 24 + ((share - 0.15) / 0.85) * (16 / 24);
    return Math.floor(end - YEAR + day + bent * 86_400_000);
  };

  const attempt = (startedAt: number, account: number, durationMs: number, trouble: number | null): Attempt => {
    const [code, status, , reason] = trouble === null ? [null, 200, 0, null] : troubles[trouble]!;
    return {
      accountId: `acc_${100_000 + account}`,
      accountLabel: `person${account}@example.test`,
      upstream: account < 6 ? 'chatgpt' : 'openai',
      startedAt,
      outcome: trouble === null ? 'served' : 'failed',
      httpStatus: status,
      errorCode: code,
      reason,
      firstByteMs: status === null ? null : Math.round(durationMs * 50) / 100,
      durationMs: Math.round(durationMs * 100) / 100,
    };
  };

  return {
    call(index) {
      const startedAt = timeOf(index);
      const key = skewed(12);
      const [client, userAgent] = clients[(key + (random() < 0.1 ? 1 : 0)) % clients.length]!;
      const record = newRecord({
        id: `call_${hex()}${hex()}${hex()}${hex()}`,
        endpoint: client?.startsWith('Codex') ? 'responses' : 'chat',
        startedAt,
        identity: {
          ...unlimitedCaller(`key_${key}`, `laptop ${key}`),
          project: projects[key % projects.length]!,
          member: members[key % members.length]!,
        },
        client,
        userAgent,
        requestBytes: Math.floor(spread(20_000)),
      });
      const account = skewed(8);
      record.stream = random() < 0.9;
      record.modelAsked = models[skewed(models.length)]!;
      record.conversationId = `conv_${hex()}${hex()}`;
      const luck = random();
      const trouble = skewed(troubles.length);
      const failedMs = troubles[trouble]![2] * (0.5 + random());
      // Two of three first failures are absorbed by another account.
      const first = luck < 0.03 ? [attempt(startedAt, account, failedMs, trouble)] : [];
      if (luck < 0.01) {
        const [errorCode, httpStatus, , reason] = troubles[trouble]!;
        const failed = { status: 'error' as const, errorCode, httpStatus: httpStatus ?? 504, reason };
        return { ...record, ...failed, ...served(record, account), attempts: first, durationMs: failedMs };
      }
      const waited = first.length === 0 ? 0 : failedMs;
      const serving = (account + first.length) % 8;
      const ttftMs = spread(900) + waited;
      const outputTokens = Math.floor(spread(400));
      const durationMs = ttftMs + outputTokens * spread(11);
      const inputTokens = Math.floor(spread(9_000));
      const costMicroUsd = inputTokens + outputTokens * 10;
      const known = random() < 0.995;
      return {
        ...record,
        ...served(record, serving),
        status: luck > 0.985 ? 'cancelled' : 'ok',
        httpStatus: 200,
        modelRan: record.modelAsked.replace('-fast', ''),
        attempts: [...first, attempt(Math.round(startedAt + waited), serving, durationMs - waited, null)],
        overflow: serving >= 6 && random() < 0.02,
        spliced: random() < 0.000_5 ? 1 : 0,
        inputTokens: known ? inputTokens : null,
        cachedTokens: known ? Math.floor(inputTokens * random()) : null,
        outputTokens: known ? outputTokens : null,
        reasoningTokens: known ? Math.floor(outputTokens * random()) : null,
        costMicroUsd: known ? costMicroUsd : null,
        spentMicroUsd: known ? (serving < 6 ? 0 : costMicroUsd) : null,
        ttftMs: Math.round(ttftMs * 100) / 100,
        durationMs: Math.round(durationMs * 100) / 100,
        overheadMs: 0.6,
      };
    },
  };

  function served(record: CallRecord, account: number) {
    const label = `person${account}@example.test`;
    return {
      accountId: `acc_${100_000 + account}`,
      accountLabel: label,
      effort: 'high',
      responseId: `resp_${record.id.slice(5, 21)}`,
    };
  }
}
