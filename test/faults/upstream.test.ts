import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { accountTable } from '../../src-main/cli/account-table.ts';
import type { Fault, ScriptEntry } from '../../src-main/simulator/fault.ts';
import type { CallDetail } from '../../src-shared/contract/call.ts';
import { type RawAnswer, sseData } from '../support/raw-call.ts';
import { expectNoLeak, expectRefusal } from './support/contract.ts';
import { type Endpoint, type Scene, startScene } from './support/scene.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let scene: Scene;
beforeAll(async () => {
  scene = await startScene({ logins: 260, settings: { 'timeouts.firstOutputMs': 2_000, 'timeouts.silenceMs': 2_000 } });
});
afterAll(() => scene?.stop());

const WORDS = 'one two three four';
/** How a client asks: for a stream in either protocol, and for one piece. */
const asks: readonly (readonly [Endpoint, boolean])[] = [
  ['responses', true],
  ['chat', true],
  ['chat', false],
];

interface StreamEvent {
  readonly type?: string;
  readonly delta?: string;
  readonly error?: { readonly code: string } | null;
  readonly response?: { readonly error?: { readonly code: string } | null };
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string };
    readonly message?: { readonly content: string };
    readonly finish_reason: string | null;
  }[];
}

/** What a client shows: the text, how it ended, and the error that it was told in the stream. */
function read(answer: RawAnswer): { text: string; ends: string[]; error: string | null } {
  const stream = String(answer.headers['content-type']).startsWith('text/event-stream');
  const events = (
    stream ? sseData(answer.text).filter((event) => event !== '[DONE]') : [JSON.parse(answer.text)]
  ) as StreamEvent[];
  const text = events.map(({ type, delta, choices }) =>
    type === 'response.output_text.delta'
      ? delta
      : (choices?.[0]?.delta?.content ?? choices?.[0]?.message?.content ?? ''),
  );
  const failed = events.find(
    ({ type, error }) => type === 'response.failed' || (error !== undefined && error !== null),
  );
  return {
    text: text.join(''),
    ends: events.flatMap(({ type, choices }) =>
      /^response\.(completed|incomplete)$/.test(type ?? '') ? type!.slice(9) : (choices?.[0]?.finish_reason ?? []),
    ),
    error: failed?.error?.code ?? failed?.response?.error?.code ?? null,
  };
}

const triesOf = (call: CallDetail): string[] =>
  call.attempts.map(({ outcome, errorCode }) => `${outcome} ${errorCode}`);
const status = (code: number, error: object = {}, headers: Record<string, string> = {}): Fault => ({
  kind: 'status',
  status: code,
  headers,
  body: { error: { message: 'no', ...error } },
});

/** Before output: B answers and the client sees nothing. The error code of A's attempt; what A is then, or how long it rests (s). */
const failsOver: readonly [string, ScriptEntry, RegExp, number | 'ready' | 'needs-sign-in'][] = [
  ['U-01: 429 with Retry-After', status(429, {}, { 'retry-after': '7' }), /./, 7],
  ['U-02: 429 without a hint', status(429), /./, 5],
  [
    'U-03: a usage limit for three hours',
    { kind: 'usage-limit', resetsInSeconds: 10_800 },
    /usage_limit_reached/,
    10800,
  ],
  [
    'U-03: a usage limit inside a 200',
    { kind: 'usage-limit', resetsInSeconds: 10_800, as: 'failed-event' },
    /usage_limit_reached/,
    10800,
  ],
  [
    'U-04: 429 that says when in words',
    status(429, { message: 'Please try again in 6m0s.', code: 'rate_limit_exceeded' }),
    /./,
    360,
  ],
  ...[500, 502, 503, 504, 520, 529].map((code): (typeof failsOver)[number] => [
    `U-05: ${code}`,
    status(code),
    /./,
    'ready',
  ]),
  ['U-07: server_is_overloaded', status(503, { code: 'server_is_overloaded' }), /^upstream_error$/, 'ready'],
  ['U-07: slow_down', status(503, { code: 'slow_down' }), /^upstream_error$/, 'ready'],
  [
    'U-07: overloaded_error inside a 200',
    { kind: 'failed', code: 'overloaded_error', message: 'over' },
    /^upstream_error$/,
    'ready',
  ],
  ['U-15: headers and no body', { kind: 'cut', at: 'headers', how: 'fin' }, /upstream_/, 'ready'],
  ['U-15: a reset before the headers', { kind: 'cut', at: 'before-headers', how: 'reset' }, /upstream_/, 'ready'],
  ['U-15: a reset during the upload', { kind: 'cut', at: 'upload' }, /upstream_/, 'ready'],
  [
    'U-16: a clean end right after created',
    { kind: 'cut', at: 'created', how: 'clean' },
    /^upstream_stream_truncated$/,
    'ready',
  ],
  ['A-11: 401 account_deactivated', status(401, { code: 'account_deactivated' }), /./, 'needs-sign-in'],
  ['A-11: 402 of a workspace that was removed', status(402, { code: 'deactivated_workspace' }), /./, 'needs-sign-in'],
  ['A-11: 403 usage_not_included', status(403, { type: 'usage_not_included' }), /./, 'needs-sign-in'],
];

test.each(failsOver)('%s on A: B answers, the row has both attempts', async (_name, fault, code, state) => {
  for (const [endpoint, stream] of asks) {
    const { names, key } = await scene.pool(2);
    const [a, b] = names as [string, string];
    scene.simulator.account(a).script(fault);
    const answer = await scene.ask(key, endpoint, `sim:say ${WORDS}`, { stream });
    expect({ status: answer.status, text: read(answer).text, error: read(answer).error }).toEqual({
      status: 200,
      text: WORDS,
      error: null,
    });
    expectNoLeak(answer);
    const call = await scene.callOf(answer);
    expect([
      call.id,
      call.status,
      call.accountLabel,
      call.attempts.map(({ outcome, accountLabel }) => [accountLabel, outcome]),
    ]).toEqual([
      answer.headers['x-request-id'],
      'ok',
      b,
      [
        [a, 'failed'],
        [b, 'served'],
      ],
    ]);
    expect(call.attempts[0]?.errorCode ?? '').toMatch(code);
    const { health, restingFamilies } = await scene.account(a);
    const until = health.until ?? restingFamilies[0]?.until ?? null;
    const { startedAt, durationMs } = call.attempts[0]!;
    if (typeof state === 'number') {
      // From the refusal on, to the second that a header can say, and with the jitter of a rest without a stated end.
      expect(until! - startedAt).toBeGreaterThanOrEqual(state * 1_000);
      expect(until! - startedAt - durationMs!).toBeLessThan(state * 1_250 + 1_000);
    } else expect([health.state, until]).toEqual([state, null]);
    // What rests or needs a person is not asked again; what is only a bad path is, by the next conversation.
    const more = { stream, prompt_cache_key: 'another conversation' };
    const next = await scene.ask(key, endpoint, `sim:say ${WORDS}`, more);
    expect([read(next).text, scene.simulator.modelRequests(a).length]).toEqual([WORDS, state === 'ready' ? 2 : 1]);
    expect(scene.simulator.journal.filter(({ path, account }) => path === '/oauth/token' && account === a)).toEqual([]);
  }
});

test('U-06: 5xx from all is one 502 after three attempts, which the row lists', async () => {
  const { names, key } = await scene.pool(4);
  for (const name of names) scene.simulator.account(name).always(status(500));
  const answer = await scene.ask(key, 'responses', 'x');
  expectRefusal(answer, { status: 502, type: 'server_error', code: 'upstream_error' });
  const call = await scene.callOf(answer);
  expect([
    call.status,
    call.httpStatus,
    call.attempts.map(({ accountLabel, httpStatus }) => [accountLabel, httpStatus]),
  ]).toEqual(['error', 502, names.slice(0, 3).map((name) => [name, 500])]);
});

const about = { type: 'invalid_request_error', code: 'some_code', param: 'tools' };
test.each<[string, ScriptEntry, number, string, string | null]>([
  ['U-08: 400', status(400, about), 400, 'some_code', 'tools'],
  ['U-08: 404', status(404, about), 404, 'some_code', 'tools'],
  ['U-08: 413', status(413, about), 413, 'some_code', 'tools'],
  ['U-08: 422', status(422, about), 422, 'some_code', 'tools'],
  [
    'U-10: context_length_exceeded in the stream',
    { kind: 'failed', code: 'context_length_exceeded', message: 'long' },
    400,
    'context_length_exceeded',
    null,
  ],
])('%s about the request goes to the client as it is, after one attempt', async (_name, fault, code, error, param) => {
  const { names, key } = await scene.pool(2);
  scene.simulator.account(names[0]!).always(fault);
  for (const [endpoint, stream] of asks) {
    const answer = await scene.ask(key, endpoint, 'x', { stream });
    expectRefusal(answer, { status: code, type: 'invalid_request_error', code: error, param });
    expect(triesOf(await scene.callOf(answer)).length).toBe(1);
  }
  const { health, restingFamilies, lackingModels } = await scene.account(names[0]!);
  expect([health.state, restingFamilies, lackingModels]).toEqual(['ready', [], []]);
});

test('U-09: a model that a login lacks is remembered of that login for an hour, and of no other model', async () => {
  const { names, key } = await scene.pool(2);
  const [a, b] = names as [string, string];
  const detail = "The 'gpt-5.5' model is not supported when using Codex with a ChatGPT account.";
  scene.simulator.account(a).always({ kind: 'status', status: 400, body: { detail }, when: { model: 'gpt-5.5' } });
  const [first, second, other] = [
    await scene.ask(key, 'responses', 'x'),
    await scene.ask(key, 'responses', 'x'),
    await scene.ask(key, 'responses', 'x', { model: 'gpt-6.1-sol' }),
  ];
  const { lackingModels, health } = await scene.account(a);
  const forMs = lackingModels[0]!.until - (await scene.callOf(first)).startedAt;
  expect([
    [first, second, other].map(({ headers }) => headers['x-relay-account']),
    lackingModels.map(({ model }) => model),
    forMs >= 3_600_000 && forMs < 3_660_000,
    health.state,
  ]).toEqual([[b, b, a], ['gpt-5.5'], true, 'plan-lacks-model']);
});

describe('U-27: quota headers', () => {
  const usageIsDown = { kind: 'status', status: 500, when: { endpoint: 'usage' }, times: 1_000 } as const;
  const header = (name: string, value: string | number | null) => [
    `x-codex-${name}`,
    value === null ? null : `${value}`,
  ];
  const inAnHour = Math.floor(Date.now() / 1_000) + 3_600;
  /** An account of which nothing but these headers tells: the one window that they tell of stands first, whatever it is. */
  const onlyTold = (fields: Readonly<Record<string, string | number | null>>): ScriptEntry => ({
    kind: 'headers',
    set: Object.fromEntries([
      header('secondary-used-percent', null),
      ...Object.entries({ 'window-minutes': 300, 'reset-at': inAnHour, ...fields }).map(([name, value]) =>
        header(`primary-${name}`, value),
      ),
    ]),
  });
  /** Accounts from the end of the scene, whose faults are there before Relay first asks of them. */
  const added = async (names: readonly string[], faults: readonly ScriptEntry[]) => {
    for (const [index, name] of names.entries()) {
      scene.simulator.account(name).script(usageIsDown);
      scene.simulator.account(name).always(faults[index] ?? null);
      await scene.add(name);
    }
    return (await scene.api<{ secret: string }>('POST', '/keys', { name: names.join(' '), accounts: names })).secret;
  };

  test.each<[string, string, Readonly<Record<string, string | number | null>>, readonly [string, number][], string]>([
    ['missing', 'l259', { 'used-percent': null }, [], 'unknown'],
    ['101 %', 'l258', { 'used-percent': '101' }, [['5-hour', 100]], '0 %'],
    ['NaN', 'l257', { 'used-percent': 'NaN' }, [], 'unknown'],
    ['only the weekly window', 'l256', { 'used-percent': 30, 'window-minutes': 10_080 }, [['weekly', 30]], '70 %'],
    ['an elapsed reset', 'l255', { 'used-percent': 95, 'reset-at': 1_700_000_000 }, [['5-hour', 0]], '100 %'],
  ])(
    'U-27: %s: the answer is whole, and the quota view says what is known',
    async (_name, login, fields, told, left) => {
      const key = await added([login], [onlyTold(fields)]);
      for (const [endpoint, stream] of asks) {
        const answer = await scene.ask(key, endpoint, `sim:say ${WORDS}`, { stream });
        expect([answer.status, read(answer).text]).toEqual([200, WORDS]);
        await scene.callOf(answer);
        const account = await scene.account(login);
        expect([
          account.windows.map(({ name, usedPercent }) => [name, usedPercent]),
          accountTable([account], Date.now()).at(-1)?.includes(`  ${left}  `),
        ]).toEqual([told, true]);
      }
    },
  );

  test('U-27: an account that was used up is asked again once its window has reset, though nothing newer was read of it', async () => {
    await scene.api('PATCH', '/settings', { 'routing.strategy': 'balanced' });
    const names = ['l254', 'l253'];
    const told = { 'used-percent': 100, 'reset-at': null, 'reset-after-seconds': 3 };
    const key = await added(names, [onlyTold(told)]);
    const asked = async (conversation: number) => {
      const more = { prompt_cache_key: `of ${conversation}` };
      return String((await scene.ask(key, 'responses', 'x', more)).headers['x-relay-account']);
    };
    const served = [await asked(0), await asked(1)];
    await expect.poll(async () => served.push(await asked(served.length)) && served.at(-1)).toBe(names[0]);
    await scene.api('PATCH', '/settings', { 'routing.strategy': 'fill-first' });
    const others = served.slice(1, -1);
    expect([served[0], others.length > 0, new Set(others)]).toEqual([names[0], true, new Set([names[1]])]);
  });
});

/** What an upstream may send that is odd and yet an answer. */
const odd: readonly [string, ScriptEntry][] = [
  ['U-11: CR-only line ends', { kind: 'line-ends', lineEnd: 'cr' }],
  ['U-12: unknown events, empty data lines and comments', { kind: 'noise' }],
  ['U-19: one byte at a time', { kind: 'trickle', bytes: 40, everyMs: 5 }],
  ['U-19: an event just under the limit of silence', { kind: 'silence', at: 'deltas', afterDeltas: 2, ms: 1_200 }],
  ['U-22: completed without output', null],
  ['U-24: a socket that stays open', { kind: 'stay-open' }],
  ['U-25: events after the terminal event', { kind: 'after-terminal' }],
  ['U-25: two terminal events', { kind: 'two-terminals' }],
];

test.each(odd)('%s: the client has the whole text once, in one attempt and one row', async (name, fault) => {
  for (const [endpoint, stream] of asks) {
    const { names, key, keyId } = await scene.pool(1);
    scene.simulator.account(names[0]!).always(fault);
    const answer = await scene.ask(key, endpoint, `sim:say ${WORDS}`, { stream });
    // A Responses stream is passed on as it came, with what is empty.
    const passedOn = endpoint === 'responses' && name.startsWith('U-12');
    const clean = passedOn ? { ...answer, text: answer.text.replace(/^data:\n\n/gm, '') } : answer;
    expect([endpoint, stream, answer.status, read(clean)]).toEqual([
      endpoint,
      stream,
      200,
      { text: WORDS, ends: [endpoint === 'chat' ? 'stop' : 'completed'], error: null },
    ]);
    const call = await scene.callOf(answer);
    const { calls } = await scene.api<{ calls: unknown[] }>('GET', `/calls?keyId=${keyId}`);
    expect([call.status, triesOf(call), calls.length]).toEqual(['ok', ['served null'], 1]);
    // The upstream's connection is let go at the terminal event.
    await expect.poll(() => scene.simulator.modelRequests(names[0]!)[0]?.outcome).not.toBe('pending');
  }
});

test.each(asks)(
  'U-13: events that are not JSON are left out of an answer to %s (stream: %s), counted, and warned of once',
  async (endpoint, stream) => {
    const damagedSoFar = async (): Promise<number> => {
      const { text } = await scene.raw({ method: 'GET', path: '/metrics' });
      return Number(/^relay_damaged_events_total (\d+)$/m.exec(text)?.[1]);
    };
    const { names, key } = await scene.pool(1);
    const damage = { kind: 'invalid-json', afterDeltas: 1 } as const;
    let before = await damagedSoFar();
    for (const [faults, said] of [
      [[damage], '1 event of it left out: not JSON.'],
      [[damage, damage], '2 events of it left out: not JSON.'],
    ] as const) {
      scene.simulator.account(names[0]!).script(faults);
      // What is not JSON would end the stream of a client that reads every event: `read` parses them all.
      const answer = await scene.ask(key, endpoint, `sim:say ${WORDS}`, { stream });
      expect(read(answer)).toEqual({ text: WORDS, ends: [endpoint === 'chat' ? 'stop' : 'completed'], error: null });
      const { id, status: ended, attempts } = await scene.callOf(answer);
      const after = await damagedSoFar();
      expect([ended, attempts.map(({ outcome, reason }) => [outcome, reason]), after - before]).toEqual([
        'ok',
        [['served', said]],
        faults.length,
      ]);
      before = after;
      const lines = scene.relay.stderr().split('\n');
      expect(lines.filter((line) => line.includes('not JSON') && line.includes(id))).toHaveLength(1);
    }
  },
);
