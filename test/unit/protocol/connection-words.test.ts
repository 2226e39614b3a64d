import { expect, it } from 'vitest';
import { issuerFailure } from '../../../src-main/accounts/issuer-refusal.ts';
import { connectionWords } from '../../../src-main/protocol/connection-words.ts';

it.each([
  ['ENOTFOUND', 'its name is not known (DNS)'],
  ['CERT_HAS_EXPIRED', 'its certificate or TLS was refused (CERT_HAS_EXPIRED)'],
  ['ESTRANGE', 'ESTRANGE'],
  ['', 'the connection failed'],
])('%s is "%s"', (code, words) => {
  expect(connectionWords(code)).toBe(words);
});

it('a sign-in that did not reach its service says why and what to do', () => {
  const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  expect(issuerFailure(new TypeError('fetch failed', { cause }), 'auth.openai.com', false)).toMatchObject({
    code: 'upstream_connection_error',
    message:
      'The sign-in service (auth.openai.com) could not be reached: the connection was refused. Check the network, then try again.',
  });
});
