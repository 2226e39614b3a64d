import { afterEach, describe, expect, test, vi } from 'vitest';
import type { CallList } from '../../src-shared/contract/call.ts';
import { askForm } from '../support/ask-forms.ts';
import { createManualTime } from '../support/manual-timers.ts';
import { type RawAnswer, sseData } from '../support/raw-call.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';
import { type HeadlessRelay, startHeadlessRelay } from './support/headless-relay.ts';
import { processState } from './support/process-state.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let relay: HeadlessRelay | null = null;
let running: RunningRelay | null = null;
afterEach(async () => {
  await relay?.stop();
  await running?.stop();
  relay = running = null;
});

const three = ['a', 'b', 'c'].map((name) => ({ name, kind: 'chatgpt' as const }));
const tokenCalls = ({ simulator }: Pick<HeadlessRelay, 'simulator'>) =>
  simulator.journal.filter(({ path }) => path === '/oauth/token');
const eventsOf = ({ text }: RawAnswer) => sseData(text) as { readonly type?: string; readonly code?: string }[];

describe('P-06: a sleep', () => {
  test.skipIf(process.platform !== 'linux')(
    'P-06: a process that is stopped and goes on ends its dead streams with an error, and has every account at once',
    async () => {
      relay = await startHeadlessRelay({
        accounts: three,
        settings: { 'routing.strategy': 'fill-first', 'routing.splice': 'off' },
      });
      const { simulator, process: program, ask } = relay;
      const keys = await Promise.all(three.map(({ name }) => relay!.createKey({ name, accounts: [name] })));
      for (const { name } of three) {
        simulator.account(name).script([
          { kind: 'pace', perEventMs: 20 },
          { kind: 'cut', at: 'deltas', afterDeltas: 30, how: 'reset' },
        ]);
      }
      const streams = keys.map(({ secret }) => ask({ input: 'sim:tokens 400', stream: true }, {}, secret));
      const begun = () => simulator.modelRequests().filter(({ bytesSent }) => bytesSent > 2_000).length;
      await expect.poll(begun).toBe(3);
      program.kill('SIGSTOP');
      await expect.poll(() => processState(program.announcement.pid)).toBe('T');
      // Meanwhile the other end gives up, and the logins' tokens run out.
      await expect.poll(() => simulator.modelRequests().filter(({ outcome }) => outcome === 'cut').length).toBe(3);
      for (const { name } of three) simulator.account(name).expireAccessToken();
      program.kill('SIGCONT');
      const ends = (await Promise.all(streams)).map((answer) => eventsOf(answer).at(-1));
      const next = keys.flatMap(({ secret }) =>
        Array.from({ length: 5 }, () => ask({ input: 'sim:say awake' }, {}, secret)),
      );
      const awake = await Promise.all(next);
      const exchanges = tokenCalls(relay);
      expect({
        ends: ends.map((event) => [event?.type, event?.code]),
        awake: awake.map(({ status }) => status),
        exchanges: exchanges.map(({ account }) => account).sort(),
        together: exchanges.filter(({ at }, index) => index > 0 && at < exchanges[index - 1]!.settledAt!),
      }).toEqual({
        ends: Array(3).fill(['error', 'upstream_stream_truncated']),
        awake: Array(15).fill(200),
        exchanges: ['a', 'b', 'c'],
        together: [],
      });
    },
  );

  // No process can be made to sleep for eight hours, and only a real sleep stops one of its two clocks.
  test('P-06: after eight hours every account is there at once, and none is renewed more than once', async () => {
    const time = createManualTime(new Date(2026, 10, 23, 22).getTime());
    running = await startRelay({ accounts: three, simulator: { clock: time.clock }, time });
    time.clock.jump(8 * 3_600_000);
    for (const { name } of three) running.simulator.account(name).expireAccessToken();
    time.advance(1_000);
    const texts = await Promise.all(Array.from({ length: 30 }, () => askForm(running!, 'chat')));
    const renewed = tokenCalls(running).map(({ account }) => account);
    expect([new Set(texts), renewed.length, renewed.length]).toEqual([
      new Set(['one two three four']),
      new Set(renewed).size,
      new Set((await running.calls()).flatMap(({ accountId }) => accountId ?? [])).size,
    ]);
  });
});

describe('P-10: what throws inside of Relay', () => {
  test('P-10: ends its own call with an error by contract, blames no account, is counted, and nobody else notices', async () => {
    const preload = new URL('./support/planted-throws.mjs', import.meta.url).href;
    relay = await startHeadlessRelay({ variables: { NODE_OPTIONS: `--import ${preload}` } });
    const { ask, send, rowOf, process: program } = relay;
    relay.simulator.account('a').latency = { perEventMs: 10 };
    const beside = ask({ input: 'sim:tokens 200', stream: true });

    const inStream = await ask({ input: 'sim:say planted-in-a-stream', stream: true });
    const inChunks = await send({
      path: '/v1/chat/completions',
      body: JSON.stringify({
        model: 'gpt-5.5',
        stream: true,
        messages: [{ role: 'user', content: 'sim:say planted-in-a-stream' }],
      }),
    });
    // A body of several pieces, which has to be put together.
    const inBody = await ask({ input: `planted-in-a-body ${'x'.repeat(200_000)}` });
    const inJson = await ask({ input: 'planted-in-json' });
    await expect(ask({ input: 'sim:say planted-at-the-end' })).rejects.toThrow('socket hang up');
    program.kill('SIGUSR2');
    const logged = (words: RegExp): number => program.stderr().match(words)?.length ?? 0;
    await expect.poll(() => logged(/planted in a (timer|promise)/g)).toBe(2);

    expect(eventsOf(inStream).at(-1)).toMatchObject({ type: 'error', code: 'internal_error' });
    expect(sseData(inChunks.text).slice(-2)).toEqual([
      {
        error: {
          message: 'Something went wrong inside Relay.',
          type: 'server_error',
          param: null,
          code: 'internal_error',
        },
      },
      '[DONE]',
    ]);
    expect([inBody.status, JSON.parse(inBody.text).error.code, inJson.status]).toEqual([500, 'internal_error', 400]);
    expect((await beside).text).toContain('event: response.completed');
    const rows = await Promise.all([inStream, inChunks, inBody].map(rowOf));
    expect(rows.map((row) => [row.status, row.errorCode, row.attempts.length])).toEqual([
      ['error', 'internal_error', 1],
      ['error', 'internal_error', 1],
      ['error', 'internal_error', 0],
    ]);
    expect(await relay.api('GET', '/accounts')).toMatchObject({ accounts: [{ health: { state: 'ready' } }] });
    expect((await send({ method: 'GET', path: '/metrics' })).text).toContain('\nrelay_uncaught_errors 2\n');
    expect(logged(/error A (call|request) failed inside Relay/g)).toBe(4);
  });
});

describe('P-11: few open files', () => {
  test.skipIf(process.platform !== 'linux')(
    'P-11: more streams than fit are told when to come again, nothing breaks, and all is well afterwards',
    async () => {
      // As 1,024 files are to 900 streams.
      relay = await startHeadlessRelay({ accounts: [{ name: 'a', kind: 'openai' }], openFiles: 128 });
      const { ask, simulator, process: program } = relay;
      simulator.account('a').latency = { perEventMs: 50 };
      const answers = await Promise.all(
        Array.from({ length: 112 }, () => ask({ input: 'sim:tokens 40', stream: true })),
      );
      simulator.account('a').latency = null;
      const served = answers.filter(({ status }) => status === 200);
      const refused = answers.filter(({ status }) => status !== 200);
      expect([served.length > 20, refused.length > 20]).toEqual([true, true]);
      expect(served.filter(({ text }) => !text.includes('event: response.completed'))).toEqual([]);
      const told = refused.map(({ status, text, headers }) => [
        status,
        JSON.parse(text).error.code,
        headers['retry-after'],
      ]);
      expect(told).toEqual(refused.map(() => [503, 'too_many_calls', '1']));
      const again = await Promise.all(Array.from({ length: 10 }, () => ask({ input: 'sim:say back' })));
      const ok = await relay.api<CallList>('GET', '/calls?status=ok&limit=200');
      expect([again.map(({ status }) => status), ok.calls.length, program.stderr()]).toEqual([
        Array(10).fill(200),
        served.length + 10,
        '',
      ]);
      expect(await relay.api('GET', '/accounts')).toMatchObject({ accounts: [{ health: { state: 'ready' } }] });
    },
  );
});
