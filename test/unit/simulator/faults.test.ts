import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src-main/simulator/fault.ts';
import {
  type Body,
  codexBody,
  eventsOf,
  postCodex,
  readAll,
  type Simulation,
  startSimulation,
  terminalOf,
  textOf,
  typesOf,
} from './simulation.ts';

/** Plays faults on one request with a long answer (five deltas). */
async function meet(
  ...faults: Fault[]
): Promise<{ response: Response; text: string; cut: boolean; simulation: Simulation }> {
  const simulation = await startSimulation();
  simulation.ann.script(faults);
  const response = await postCodex(simulation, simulation.ann, codexBody('sim:tokens 20'));
  return { response, simulation, ...(await readAll(response)) };
}

const deltasIn = (text: string): number => typesOf(eventsOf(text)).filter((type) => type.endsWith('.delta')).length;
/** What the same answer says without a fault. */
const whole = 'the sun ran far and saw one old map lie the sun ran far and saw one old map lie';

describe('a fault in place of the answer', () => {
  it('is any status with headers and a body', async () => {
    const { response, text } = await meet({
      kind: 'status',
      status: 503,
      headers: { 'retry-after': '7' },
      body: '<html>no</html>',
    });
    expect([response.status, response.headers.get('retry-after'), response.headers.get('content-type'), text]).toEqual([
      503,
      '7',
      'text/html; charset=utf-8',
      '<html>no</html>',
    ]);
  });

  it('is the usage limit of capture 64', async () => {
    const { response, text, simulation } = await meet({ kind: 'usage-limit', resetsInSeconds: 1800, window: 'weekly' });
    const resetsAt = simulation.clock.now() / 1000 + 1800;
    expect(response.status).toBe(429);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-codex-primary-used-percent': '0',
      'x-codex-secondary-used-percent': '100',
      'x-codex-secondary-reset-at': String(resetsAt),
      'x-codex-active-limit': 'codex',
    });
    expect(JSON.parse(text)).toMatchObject({
      error: { type: 'usage_limit_reached', resets_at: resetsAt, resets_in_seconds: 1800 },
    });
  });

  it('is a redirect, a JSON answer, or nothing with status 200', async () => {
    const redirect = await meet({ kind: 'redirect', location: 'http://other.test/' });
    expect([redirect.response.status, redirect.response.headers.get('location')]).toEqual([307, 'http://other.test/']);
    const json = await meet({ kind: 'json-200' });
    expect([json.response.headers.get('content-type'), JSON.parse(json.text).object]).toEqual([
      'application/json',
      'response',
    ]);
    const empty = await meet({ kind: 'empty-200' });
    expect([empty.response.status, empty.text, empty.cut]).toEqual([200, '', false]);
  });

  it.each<Fault>([
    { kind: 'cut', at: 'before-headers' },
    { kind: 'cut', at: 'before-headers', how: 'fin' },
    { kind: 'cut', at: 'upload' },
  ])('is a connection cut without headers: $at', async (fault) => {
    const simulation = await startSimulation();
    simulation.ann.script(fault);
    await expect(postCodex(simulation, simulation.ann, codexBody('hi'))).rejects.toThrow();
    expect(simulation.simulator.modelRequests('ann')).toMatchObject([{ outcome: 'cut', status: null }]);
    expect(await (await postCodex(simulation, simulation.ann, codexBody('hi'))).text()).toContain('response.completed');
  });
});

describe('a fault in the stream', () => {
  it.each<[string, Fault, { cut: boolean; last: string | undefined; deltas: number }]>([
    ['a cut after the headers', { kind: 'cut', at: 'headers' }, { cut: true, last: undefined, deltas: 0 }],
    [
      'a cut after created',
      { kind: 'cut', at: 'created', how: 'reset' },
      { cut: true, last: 'response.created', deltas: 0 },
    ],
    [
      'an orderly end after created',
      { kind: 'cut', at: 'created', how: 'clean' },
      { cut: false, last: 'response.created', deltas: 0 },
    ],
    [
      'a cut after two deltas',
      { kind: 'cut', at: 'deltas', afterDeltas: 2 },
      { cut: true, last: 'response.output_text.delta', deltas: 2 },
    ],
    [
      'a cut after the item',
      { kind: 'cut', at: 'item-done' },
      { cut: true, last: 'response.output_item.done', deltas: 5 },
    ],
    ['no terminal event', { kind: 'no-terminal' }, { cut: false, last: 'response.output_item.done', deltas: 5 }],
    [
      'a failure at once',
      { kind: 'failed', code: 'server_error', message: 'm', beforeCreated: true },
      { cut: false, last: 'response.failed', deltas: 0 },
    ],
    [
      'a failure before output',
      { kind: 'failed', code: 'server_error', message: 'm' },
      { cut: false, last: 'response.failed', deltas: 0 },
    ],
    [
      'a failure after three deltas',
      { kind: 'failed', code: 'server_error', message: 'm', afterDeltas: 3 },
      { cut: false, last: 'response.failed', deltas: 3 },
    ],
    [
      'an error event',
      { kind: 'error-event', code: 'server_error', message: 'm', afterDeltas: 1 },
      { cut: false, last: 'error', deltas: 1 },
    ],
    [
      'an incomplete end',
      { kind: 'incomplete', reason: 'content_filter', afterDeltas: 1 },
      { cut: false, last: 'response.incomplete', deltas: 1 },
    ],
    [
      'events after the terminal one',
      { kind: 'after-terminal' },
      { cut: false, last: 'response.output_text.delta', deltas: 6 },
    ],
  ])('is %s', async (_, fault, expected) => {
    const { text, cut, response } = await meet(fault);
    expect(response.status).toBe(200);
    expect({ cut, last: eventsOf(text).at(-1)?.type, deltas: deltasIn(text) }).toEqual(expected);
  });

  it('is a usage limit hidden behind status 200', async () => {
    const asError = await meet({ kind: 'usage-limit', resetsInSeconds: 60, as: 'error-event' });
    expect(eventsOf(asError.text)).toMatchObject([
      { type: 'error', status_code: 429, error: { type: 'usage_limit_reached', resets_in_seconds: 60 } },
    ]);
    const asFailed = await meet({ kind: 'usage-limit', resetsInSeconds: 60, as: 'failed-event' });
    expect(eventsOf(asFailed.text)).toMatchObject([
      { type: 'response.created' },
      { type: 'response.failed', response: { status: 'failed', error: { type: 'usage_limit_reached' } } },
    ]);
  });

  it.each<[Fault, unknown]>([
    [{ kind: 'usage', usage: 'missing' }, undefined],
    [{ kind: 'usage', usage: 'null' }, null],
    [
      { kind: 'usage', usage: 'null-details' },
      expect.objectContaining({ input_tokens_details: null, output_tokens_details: null }),
    ],
    [
      { kind: 'usage', usage: 'no-details' },
      { input_tokens: expect.any(Number), output_tokens: 20, total_tokens: expect.any(Number) },
    ],
    [{ kind: 'usage', usage: 'floats' }, expect.objectContaining({ input_tokens: 10.5, output_tokens: 2.25 })],
  ])('is odd usage: %o', async (fault, usage) => {
    expect(terminalOf(eventsOf((await meet(fault)).text))['usage']).toEqual(usage);
  });

  it('is noise that leaves the answer whole', async () => {
    const { text } = await meet({ kind: 'noise' }, { kind: 'invalid-json', afterDeltas: 2 });
    expect(text).toContain('response.something_new');
    expect(text).toContain(': a comment\n');
    expect(text).toContain('data:\n');
    expect(textOf(eventsOf(text))).toBe(whole);
    expect(() =>
      text
        .split('\n')
        .filter((line) => line.startsWith('data: {'))
        .map((line) => JSON.parse(line.slice(6))),
    ).toThrow();
  });

  it('is a second terminal event', async () => {
    const types = typesOf(eventsOf((await meet({ kind: 'two-terminals' })).text));
    expect(types.slice(-2)).toEqual(['response.completed', 'response.completed']);
  });

  it('is one event of any size', async () => {
    const { text } = await meet({ kind: 'big-event', bytes: 3_000_000 });
    const big = eventsOf(text).find((event) => event['output_index'] === 1000);
    expect((big!['item'] as Body)['result']).toHaveLength(3_000_000);
  });

  it.each<[Fault['kind'], Fault[], RegExp]>([
    ['line-ends', [{ kind: 'line-ends', lineEnd: 'cr' }], /^[^\n]*$/],
    ['line-ends', [{ kind: 'line-ends', lineEnd: 'crlf' }], /^(?:[^\r\n]*\r\n)+$/],
    ['chunks', [{ kind: 'chunks', sizes: [1, 7, 64] }], /^[^\r]*$/],
    [
      'chunks',
      [
        { kind: 'line-ends', lineEnd: 'crlf' },
        { kind: 'chunks', sizes: [3] },
      ],
      /\r\n/,
    ],
  ])('is %s, which changes bytes and not the answer', async (_, faults, shape) => {
    const { text } = await meet(...faults);
    expect(text).toMatch(shape);
    expect(textOf(eventsOf(text))).toBe(whole);
  });

  it('is a set of odd headers', async () => {
    const { response } = await meet({
      kind: 'headers',
      set: { 'x-codex-primary-used-percent': 'NaN', 'x-codex-secondary-used-percent': null },
    });
    expect([
      response.headers.get('x-codex-primary-used-percent'),
      response.headers.get('x-codex-secondary-used-percent'),
    ]).toEqual(['NaN', null]);
  });
});
