import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningRelay } from '../support/running-relay.ts';
import { type CallWatch, watchCalls } from './call-facts.ts';
import { connectAt } from './connect-scene.ts';
import { pixelUrl, planSchema } from './content-samples.ts';
import {
  createOpencode,
  type Opencode,
  type OpencodeAnswer,
  type OpencodeServer,
  opencodeMissing,
} from './opencode-cli.ts';
import { startOrderedRelay } from './ordered-relay.ts';

let relay: RunningRelay;
let opencode: Opencode;
let server: OpencodeServer;
let log: CallWatch;

const say = (text: string) => ({ type: 'text', text });
const textOf = ({ parts }: OpencodeAnswer): string =>
  parts.flatMap(({ type, text }) => (type === 'text' ? [text] : [])).join('');
const attemptsOf = async () =>
  (await log.only()).attempts.map(({ accountLabel, outcome }) => `${accountLabel} ${outcome}`);

/** As `relay connect opencode` sets it up; `opencode run` is in connect-opencode.test.ts. */
describe.skipIf(opencodeMissing !== null)('the server of the real OpenCode', () => {
  beforeAll(async () => {
    relay = await startOrderedRelay({ 'routing.holdMs': 0 });
    opencode = await createOpencode();
    const connected = await connectAt(relay, ['opencode', '--json'], { HOME: opencode.home });
    expect(connected).toMatchObject({ code: 0 });
    server = await opencode.serve();
  });
  beforeEach(async () => {
    log = await watchCalls(relay);
  });
  afterAll(async () => {
    await opencode.close();
    await relay.stop();
  });

  it('sends an image', async () => {
    const image = { type: 'file', mime: 'image/png', filename: 'pixel.png', url: pixelUrl };
    expect(textOf(await server.ask([say('look'), image]))).toBe('You said: look [1 image]');
    expect(await attemptsOf()).toEqual(['a served']);
  });

  it('gets an answer by a schema, which it asks for as a tool', async () => {
    const asked = say('sim:call StructuredOutput {"title":"text","done":true}');
    const { info } = await server.ask([asked], { format: { type: 'json_schema', schema: planSchema } });
    expect(info).toMatchObject({ structured: { title: 'text', done: true } });
  });

  it('shows a long answer whole', async () => {
    expect(textOf(await server.ask([say('sim:tokens 3000')])).split(' ')).toHaveLength(3_000);
  });

  it('does not notice an account that fails before it answers', async () => {
    relay.simulator.account('a').script({ kind: 'status', status: 500, body: 'oops' });
    expect(textOf(await server.ask([say('sim:say hi')]))).toBe('hi');
    expect(await attemptsOf()).toEqual(['a failed', 'b served']);
  });

  it('shows one whole answer where an account breaks off in its middle', async () => {
    const text = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen';
    relay.simulator.account('a').script({ kind: 'cut', at: 'deltas', afterDeltas: 3, how: 'reset' });
    expect(textOf(await server.ask([say(`sim:say ${text}`)]))).toBe(text);
    expect(await attemptsOf()).toEqual(['a continued', 'b served']);
  });

  it('waits, after one request, until the pool is back, and shows Relay’s sentence', async () => {
    for (const name of ['a', 'b']) {
      relay.simulator.account(name).always({ kind: 'usage-limit', resetsInSeconds: 7_200 });
    }
    const askedAt = Date.now();
    // It goes on waiting when the tests are over.
    server.ask([say('sim:say hi')]).catch(() => undefined);
    await expect.poll(() => server.statuses()).toMatchObject([{ type: 'retry' }]);
    const [status] = await server.statuses();
    expect(status?.message).toMatch(/^All 2 accounts are resting; work is back at /);
    expect((status?.next ?? 0) - askedAt).toBeGreaterThan(7_000_000);
    expect(await log.only()).toMatchObject({ status: 'error', httpStatus: 429, errorCode: 'usage_limit_reached' });
  });

  it('is told that its key was revoked, and does not try again', async () => {
    for (const { id } of relay.relay.keys.list()) await relay.relay.keys.revoke(id);
    const { info, parts } = await server.ask([say('sim:say hi')]);
    expect(info.error).toMatchObject({
      data: {
        statusCode: 401,
        isRetryable: false,
        message: 'This is not a valid Relay key. Create one with: relay keys create --name me',
      },
    });
    expect(parts).toEqual([]);
    await log.finished(0);
  });
});
