import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callCurl } from '../../../src-renderer/features/calls/call-curl.ts';
import { call } from '../dashboard/samples.ts';

/** What a shell makes of the line. */
const wordsOf = (line: string): string[] =>
  execFileSync('sh', ['-c', `curl() { printf '%s\\0' "$@"; }; ${line}`], { encoding: 'utf8', env: { RELAY_KEY: 'k' } })
    .split('\0')
    .slice(0, -1);

it('is a line that sends such a call again, without a key', () => {
  const line = callCurl(call, null, 'http://127.0.0.1:4141');
  expect(line).toContain('"Authorization: Bearer $RELAY_KEY"');
  expect(wordsOf(line)).toEqual([
    ...['-sS', 'http://127.0.0.1:4141/v1/responses', '-H', 'Authorization: Bearer k'],
    ...['-H', 'Content-Type: application/json', '--data-binary'],
    JSON.stringify({ model: 'gpt-6.1-sol', input: 'Hello', stream: true }),
  ]);
});

it('holds a captured body as one word, whatever stands in it', () => {
  const bodies = fc.string({ unit: fc.constantFrom("'", '"', '$', '`', '\\', '\n', 'a', ';', '!') });
  fc.assert(
    fc.property(bodies, (text) => {
      const line = callCurl(call, { text, bytes: text.length, cut: false }, 'http://127.0.0.1:4141');
      expect(wordsOf(line).at(-1)).toBe(text);
    }),
    { numRuns: 30 },
  );
});
