import { expect } from 'vitest';
import type { RawAnswer } from '../../support/raw-call.ts';

/** What the contract promises of one refusal. */
export interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly code: string;
  /** Default: `null`. */
  readonly param?: string | null;
  /** Headers that must be there, with their values; a pattern where the value depends on time. */
  readonly headers?: Readonly<Record<string, string | RegExp>>;
}

/** Asserts a whole error answer: status, JSON body with its four members, request id, headers, and that nothing leaks. */
export function expectRefusal(answer: RawAnswer, { status, type, code, param = null, headers = {} }: Refusal): void {
  const body: unknown = JSON.parse(answer.text);
  const extra =
    code === 'usage_limit_reached' ? { resets_at: expect.any(Number), resets_in_seconds: expect.any(Number) } : {};
  expect({ status: answer.status, body }).toEqual({
    status,
    body: { error: { message: expect.stringMatching(/^[^\n]+$/), type, param, code, ...extra } },
  });
  expect(answer.headers).toMatchObject({
    'content-type': expect.stringMatching(/^application\/json/),
    'x-request-id': expect.stringMatching(/^\S{8,}$/),
    ...Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : expect.stringMatching(value),
      ]),
    ),
  });
  expectNoLeak(answer);
}

/** No stack, no page of an upstream, no path of this machine, no secret, and no leave for pages of other origins. */
export function expectNoLeak({ text, headers }: RawAnswer): void {
  expect(text).not.toMatch(/\n\s+at |node:internal|<html|\.ts:\d|sk-relay-\w|sk-sim-|eyJ[\w-]+\.|refresh_token/);
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
}
