import { expect, test } from 'vitest';
import { errorBody, errorHeaders, responsesErrorEvent, toRelayError } from '../../../src-main/protocol/error-body.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';

const NOW = 1_000_000;
const limit = (details: ConstructorParameters<typeof RelayError>[1] = {}) =>
  new RelayError('usage_limit_reached', details);

test.each([
  [500, '1'],
  [1_000, '1'],
  [1_001, '2'],
  [60_000, '60'],
])('a wait of %i ms is told in whole seconds, never too few: %s', (retryAfterMs, told) => {
  expect(errorHeaders(limit({ retryAfterMs }))).toEqual({ 'retry-after': told });
});

test('a wait that is longer than the OpenAI libraries keep is no wait at all for them', () => {
  expect(errorHeaders(limit({ retryAfterMs: 60_001 }))).toEqual({ 'retry-after': '61', 'x-should-retry': 'false' });
});

test.each<[RelayError, Record<string, string>]>([
  [new RelayError('invalid_api_key'), { 'www-authenticate': 'Bearer' }],
  [new RelayError('invalid_value'), {}],
  [new RelayError('body_too_large'), { connection: 'close' }],
  [new RelayError('insufficient_quota'), { 'x-should-retry': 'false' }],
  [new RelayError('internal_error'), { 'x-should-retry': 'false' }],
  [new RelayError('upstream_error'), {}],
  [new RelayError('method_not_allowed', { allow: ['GET', 'HEAD'] }), { allow: 'GET, HEAD' }],
])('%s has the headers %j', (error, headers) => {
  expect(errorHeaders(error)).toEqual(headers);
});

test('the end of a limit is a moment and a wait, both in seconds; one that is past is a second away', () => {
  const { message } = limit();
  const body = (resetsAt: number, forCodex: boolean) => errorBody(limit({ resetsAt }), NOW, forCodex).error;
  const fields = { message, param: null, code: 'usage_limit_reached' };
  expect([body(NOW + 1_500, false), body(NOW - 5_000, true)]).toEqual([
    { ...fields, type: 'rate_limit_error', resets_at: 1_002, resets_in_seconds: 2 },
    { ...fields, type: 'usage_limit_reached', resets_at: 995, resets_in_seconds: 1 },
  ]);
});

test('an error event says everything twice: at its top, and as the error of a body', () => {
  const error = new RelayError('tokens_exceeded', { message: 'Wait.', param: 'input' });
  const body = { message: 'Wait.', type: 'tokens', param: 'input', code: 'rate_limit_exceeded' };
  expect(responsesErrorEvent(error, NOW, 7)).toEqual({
    type: 'error',
    code: 'rate_limit_exceeded',
    message: 'Wait.',
    param: 'input',
    sequence_number: 7,
    error: body,
  });
});

test('what was not thrown as an error of Relay says nothing of itself', () => {
  const own = limit();
  const other = toRelayError(new Error('secret'));
  expect([toRelayError(own) === own, other.code, other.message]).toEqual([
    true,
    'internal_error',
    'Something went wrong inside Relay.',
  ]);
});
