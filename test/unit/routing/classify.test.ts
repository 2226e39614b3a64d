import { describe, expect, test } from 'vitest';
import { asDeclared, classifyRefusal, type Refusal } from '../../../src-main/routing/classify.ts';
import { connectionFault } from '../../../src-main/routing/failure.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';

const refusal = (status: number | null, body: unknown, more: Partial<Refusal> = {}): Refusal => ({
  status,
  headers: {},
  body,
  resetsAt: null,
  family: 'codex',
  ...more,
});
const error = (fields: object) => ({ error: fields });
const failed = (code: string) => ({ type: 'response.failed', response: { error: { code, message: 'x' } } });

/** What follows, in short. */
function verdict(given: Refusal): string {
  const { blame, fault, family, error: told } = classifyRefusal(given);
  const limit = blame === 'limit' ? (family ?? 'model only') : '';
  return [blame, fault ?? limit, told.status].filter((part) => part !== '').join(' ');
}

describe('what a refusal means', () => {
  test.each<[string, Refusal, string]>([
    ['a usage limit', refusal(429, error({ type: 'usage_limit_reached' })), 'limit codex 429'],
    [
      'one of a limit of its own',
      refusal(429, error({ type: 'usage_limit_reached' }), { family: 'codex-x' }),
      'limit codex-x 429',
    ],
    ['a usage limit inside a 200', refusal(null, failed('usage_limit_reached')), 'limit codex 429'],
    [
      'a spent API key',
      refusal(429, error({ type: 'insufficient_quota', code: 'insufficient_quota' })),
      'limit codex 429',
    ],
    ['a rate limit', refusal(429, error({ code: 'rate_limit_exceeded' })), 'limit model only 429'],
    [
      'a rate limit of a family',
      refusal(429, error({ code: 'rate_limit_exceeded' }), {
        headers: { 'x-codex-active-limit': 'codex_x' },
        family: 'codex-x',
      }),
      'limit codex-x 429',
    ],
    ['a bare 429', refusal(429, undefined), 'limit model only 429'],
    ['slow down as a limit', refusal(429, error({ code: 'slow_down' })), 'limit model only 429'],
    ['slow down as an overload', refusal(503, error({ code: 'slow_down' })), 'path overloaded 502'],
    ['an overload', refusal(503, error({ code: 'server_is_overloaded' })), 'path overloaded 502'],
    ['an overload inside a 200', refusal(null, failed('overloaded_error')), 'path overloaded 502'],
    ['a bare 503', refusal(503, undefined), 'path broken 502'],
    ['a 529', refusal(529, {}), 'path broken 502'],
    ['a failure inside a 200', refusal(null, failed('server_error')), 'path broken 502'],
    ['a refused login', refusal(401, error({ code: 'token_invalidated' })), 'login 503'],
    ['a plan that does not include it', refusal(403, error({ type: 'usage_not_included' })), 'plan 502'],
    ['a limit that is none', refusal(429, error({ type: 'usage_not_included' })), 'plan 502'],
    ['a workspace that is gone', refusal(402, error({ code: 'deactivated_workspace' })), 'plan 502'],
    ['a block page', refusal(403, undefined), 'path broken 502'],
    ['another request timeout', refusal(408, {}), 'path broken 502'],
    [
      'a model it lacks',
      refusal(400, { detail: "The 'm' model is not supported when using Codex with a ChatGPT account." }),
      'model 404',
    ],
    ['too long an input', refusal(null, failed('context_length_exceeded')), 'request 400'],
    ['a bad request', refusal(422, error({ code: 'bad', param: 'tools' })), 'request 422'],
    ['state of another account', refusal(400, error({ code: 'invalid_encrypted_content' })), 'foreign-state 400'],
  ])('%s', (_name, given, expected) => {
    expect(verdict(given)).toBe(expected);
  });

  test('what the upstream says reaches the client without control characters and cut', () => {
    const message = `a\u0000b\u001b[31m${'x'.repeat(5_000)}`;
    const told = classifyRefusal(refusal(400, error({ message, code: 'c' }))).error;
    expect([told.message.slice(0, 8), told.message.length, told.upstreamCode]).toEqual(['a b [31m', 1_000, 'c']);
  });
});

test.each([
  ['ENOTFOUND', 'unreachable'],
  ['ECONNREFUSED', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['UND_ERR_CONNECT_TIMEOUT', 'unreachable'],
  ['CERT_HAS_EXPIRED', 'unreachable'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'unreachable'],
  ['ECONNRESET', 'cut'],
  ['UND_ERR_SOCKET', 'cut'],
  ['HPE_INVALID_CONSTANT', 'broken'],
])('a connection that failed by %s is %s', (code, fault) => {
  expect(connectionFault(new RelayError('upstream_connection_error', { cause: { code } }))).toBe(fault);
});

test.each([
  [error({ code: 'server_error', type: 'api_error' }), 'server_error'],
  [error({ type: 'api_error' }), 'api_error'],
  [error({ message: 'x' }), null],
])('a failure after output keeps the name that the upstream gave it: %j', (body, expected) => {
  const failure = classifyRefusal(refusal(null, body));
  expect(asDeclared(failure, body)).toEqual({
    ...failure,
    error: expect.objectContaining({
      code: failure.error.code,
      message: failure.error.message,
      upstreamCode: expected,
    }),
  });
});
