import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src-main/simulator/json-object.ts';
import { type RawAnswer, rawCall, sseData } from '../support/raw-call.ts';
import { type RunningRelay, type RunningRelayOptions, startRelay } from '../support/running-relay.ts';

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

const start = async (options: RunningRelayOptions = {}): Promise<RunningRelay> => {
  running = await startRelay(options);
  return running;
};

const call = (
  relay: RunningRelay,
  method: string,
  path: string,
  body?: JsonObject,
  key = relay.key,
): Promise<RawAnswer> =>
  rawCall(relay.url, {
    method,
    path: `/v1/responses${path}`,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

interface Answered {
  readonly status: number;
  readonly account: string;
  readonly body: JsonObject;
}

const read = (answer: RawAnswer): Answered => ({
  status: answer.status,
  account: String(answer.headers['x-relay-account'] ?? ''),
  body: JSON.parse(answer.text),
});

/** The response that a client reads, whole or from the last event of its stream. */
async function ask(relay: RunningRelay, body: JsonObject, key = relay.key): Promise<Answered> {
  const answer = await call(relay, 'POST', '', { model: 'gpt-5.5', ...body }, key);
  if (body['stream'] !== true || answer.status !== 200) return read(answer);
  const last = (sseData(answer.text) as JsonObject[]).at(-1)!;
  return { ...read({ ...answer, text: '{}' }), body: last['response'] as JsonObject };
}

const get = async (relay: RunningRelay, path: string, key = relay.key) =>
  read(await call(relay, 'GET', path, undefined, key));
const textOf = (body: JsonObject): unknown =>
  (body['output'] as { type: string; content: { text: string }[] }[]).find(({ type }) => type === 'message')?.content[0]
    ?.text;
/** What the last request to an account asked, item by item. */
const sentTo = (relay: RunningRelay, label: string): JsonObject[] =>
  [(relay.simulator.modelRequests(label).at(-1)!.body as { input: JsonObject[] | string }).input]
    .flat()
    .map((item) => (typeof item === 'string' ? {} : item));
const refusals = (relay: RunningRelay) => relay.simulator.modelRequests().filter(({ status }) => status !== 200);
async function only(relay: RunningRelay, ...labels: string[]): Promise<void> {
  for (const { id, label } of relay.relay.accounts.list()) {
    await relay.relay.accounts.setEnabled(id, labels.includes(label));
  }
}
const reasoning = { reasoning: { effort: 'high' } };

describe.each([false, true])('previous_response_id on a ChatGPT login, with stream: %s', (stream) => {
  test('goes on from an answer at once, with all that was said before', async () => {
    const relay = await start();
    const first = await ask(relay, { stream, input: 'one', ...reasoning });
    const second = await ask(relay, { stream, input: 'two', previous_response_id: first.body['id'], ...reasoning });
    const third = await ask(relay, {
      stream,
      input: [{ role: 'user', content: 'three' }],
      previous_response_id: second.body['id'],
      ...reasoning,
    });
    expect(
      [first, second, third].map(({ body }) => [textOf(body), body['store'], body['previous_response_id']]),
    ).toEqual([
      ['You said: one', true, null],
      ['You said: two', true, first.body['id']],
      ['You said: three', true, second.body['id']],
    ]);
    expect(sentTo(relay, 'a').map(({ type, role }) => role ?? type)).toEqual([
      ...['user', 'reasoning', 'assistant'],
      ...['user', 'reasoning', 'assistant'],
      'user',
    ]);
    const calls = await relay.calls();
    expect(new Set(calls.map(({ conversationId }) => conversationId)).size).toBe(1);
    expect([refusals(relay), calls.map(({ dropped }) => dropped)]).toEqual([[], [[], [], []]]);
  });

  test('takes the outputs of tools for calls of the answer before', async () => {
    const relay = await start();
    const tools = [{ type: 'function', name: 'weather', parameters: { type: 'object', properties: {} } }];
    const first = await ask(relay, { stream, input: 'sim:call weather {}', tools });
    const [made] = (first.body['output'] as JsonObject[]).filter(({ type }) => type === 'function_call');
    const second = await ask(relay, {
      stream,
      tools,
      previous_response_id: first.body['id'],
      input: [{ type: 'function_call_output', call_id: made!['call_id'], output: 'fine' }],
    });
    expect(textOf(second.body)).toBe('Tool said: fine');
  });

  test('inherits no instructions', async () => {
    const relay = await start();
    const first = await ask(relay, { stream, input: 'one', instructions: 'Be brief.' });
    await ask(relay, { stream, input: 'two', previous_response_id: first.body['id'] });
    expect((relay.simulator.modelRequests('a').at(-1)!.body as JsonObject)['instructions']).toBe('');
  });

  test('is refused as OpenAI words it where the answer is not known: another key’s, not stored, or none', async () => {
    const relay = await start();
    const mine = await ask(relay, { stream, input: 'one' });
    const unstored = await ask(relay, { stream, input: 'one', store: false });
    const other = (await relay.relay.keys.create({ name: 'other' })).secret;
    const on = (id: unknown, key = relay.key) => ask(relay, { input: 'two', previous_response_id: id }, key);
    for (const answer of [await on(mine.body['id'], other), await on(unstored.body['id']), await on('resp_none')]) {
      expect([answer.status, answer.body]).toEqual([
        400,
        {
          error: {
            message: expect.stringMatching(/^Previous response with id 'resp_\w+' not found\.$/),
            type: 'invalid_request_error',
            param: 'previous_response_id',
            code: 'previous_response_not_found',
          },
        },
      ]);
    }
  });
});

test('a chain outlives a restart and moves between logins, each of which gets its own reasoning alone', async () => {
  let relay = await start({
    accounts: [
      { name: 'a', kind: 'chatgpt' },
      { name: 'b', kind: 'chatgpt' },
    ],
    secrets: 'file',
  });
  let previous: unknown;
  const turn = async (label: string, input: string) => {
    await only(relay, label);
    const { account, body } = await ask(relay, { input, previous_response_id: previous, ...reasoning });
    previous = body['id'];
    return [account, textOf(body), sentTo(relay, label).filter(({ type }) => type === 'reasoning').length];
  };
  expect(await turn('a', 'one')).toEqual(['a', 'You said: one', 0]);
  expect(await turn('b', 'two')).toEqual(['b', 'You said: two', 0]);
  running = relay = await relay.restart();
  expect(await turn('a', 'three')).toEqual(['a', 'You said: three', 1]);
  expect(await turn('b', 'four')).toEqual(['b', 'You said: four', 1]);
  expect([refusals(relay), relay.logged]).toEqual([[], []]);
});

describe('with API keys on the Responses wire', () => {
  const mixed = () =>
    start({
      accounts: [
        { name: 'login', kind: 'chatgpt' },
        { name: 'paid', kind: 'openai', models: ['gpt-5.5'] },
        { name: 'other', kind: 'openai', models: ['gpt-5.5'] },
      ],
    });

  test('answers have ids of Relay’s own, the same in every event, and the account’s id reaches nobody', async () => {
    const relay = await mixed();
    await only(relay, 'paid');
    const answer = await call(relay, 'POST', '', { model: 'gpt-5.5', input: 'one', stream: true });
    const ids = (sseData(answer.text) as { response?: JsonObject }[]).flatMap(({ response }) => response?.['id'] ?? []);
    const whole = await ask(relay, { input: 'two', previous_response_id: ids[0] });
    expect([new Set(ids).size, ids[0], whole.body['id']]).toEqual([
      1,
      `resp_${(await relay.calls())[0]!.id}`,
      `resp_${(await relay.calls())[1]!.id}`,
    ]);
    expect(relay.simulator.modelRequests('paid').at(-1)!.body).not.toHaveProperty('previous_response_id');
  });

  test('a chain moves on to another key and to a login, and no account is asked for items that it does not have', async () => {
    const relay = await mixed();
    let previous: unknown;
    const seen: unknown[] = [];
    for (const label of ['paid', 'other', 'login', 'paid']) {
      await only(relay, label);
      const { status, account, body } = await ask(relay, { input: label, previous_response_id: previous });
      previous = body['id'];
      seen.push([
        status,
        account,
        textOf(body),
        sentTo(relay, label)
          .filter(({ role }) => role === 'assistant')
          .map((item) => 'id' in item),
      ]);
    }
    expect(seen).toEqual([
      [200, 'paid', 'You said: paid', []],
      [200, 'other', 'You said: other', [false]],
      [200, 'login', 'You said: login', [true, true]],
      [200, 'paid', 'You said: paid', [true, false, false]],
    ]);
    expect(refusals(relay)).toEqual([]);
  });
});

describe('a kept answer', () => {
  test('can be read, listed and erased by its key, and by no other', async () => {
    const relay = await start();
    const other = (await relay.relay.keys.create({ name: 'other' })).secret;
    const first = await ask(relay, { input: 'one' });
    const second = await ask(relay, {
      input: [{ role: 'user', content: 'two' }],
      previous_response_id: first.body['id'],
    });
    const path = `/${second.body['id']}`;
    expect(await get(relay, path)).toEqual({ status: 200, account: '', body: second.body });

    const listed = await get(relay, `${path}/input_items?order=asc`);
    const message = { type: 'message', status: 'completed' };
    const id = expect.stringMatching(/^msg_/);
    expect(listed.body).toEqual({
      object: 'list',
      data: [
        { ...message, id, role: 'user', content: [{ type: 'input_text', text: 'one' }] },
        ...(first.body['output'] as unknown[]),
        { ...message, id, role: 'user', content: [{ type: 'input_text', text: 'two' }] },
      ],
      first_id: (listed.body['data'] as JsonObject[])[0]!['id'],
      last_id: (listed.body['data'] as JsonObject[]).at(-1)!['id'],
      has_more: false,
    });

    const notFound = (given: unknown) => ({
      status: 404,
      account: '',
      body: {
        error: {
          message: `Response with id '${given}' not found.`,
          type: 'invalid_request_error',
          param: null,
          code: 'not_found',
        },
      },
    });
    expect([
      await get(relay, path, other),
      await get(relay, `${path}/input_items`, other),
      read(await call(relay, 'DELETE', path, undefined, other)),
      await get(relay, '/resp_none'),
    ]).toEqual([...Array(3).fill(notFound(second.body['id'])), notFound('resp_none')]);

    expect(read(await call(relay, 'DELETE', path))).toEqual({
      status: 200,
      account: '',
      body: { id: second.body['id'], object: 'response', deleted: true },
    });
    expect(await get(relay, path)).toEqual(notFound(second.body['id']));
    expect((await ask(relay, { input: 'x', previous_response_id: second.body['id'] })).status).toBe(400);
    // The one before it is still there.
    expect((await ask(relay, { input: 'x', previous_response_id: first.body['id'] })).status).toBe(200);
  });

  test('lists its items by pages', async () => {
    const relay = await start();
    const input = ['one', 'two', 'three'].map((content) => ({ role: 'user', content }));
    const { body } = await ask(relay, { input });
    const page = async (query: string) => (await get(relay, `/${body['id']}/input_items?${query}`)).body;
    const texts = ({ data }: JsonObject) =>
      (data as { content: { text: string }[] }[]).map(({ content }) => content[0]!.text);
    const newest = await page('limit=2');
    const rest = await page(`limit=2&after=${newest['last_id']}`);
    expect([texts(newest), newest['has_more'], texts(rest), rest['has_more']]).toEqual([
      ['three', 'two'],
      true,
      ['one'],
      false,
    ]);
    const wrong = await Promise.all(['limit=0', 'order=up', 'after=msg_none'].map(page));
    expect(wrong.map(({ error }) => (error as JsonObject)['param'])).toEqual(['limit', 'order', 'after']);
  });

  test('is neither streamed again nor made in the background, and conversation objects are refused by name', async () => {
    const relay = await start();
    const { body } = await ask(relay, { input: 'one' });
    const answers = [
      await get(relay, `/${body['id']}?stream=true`),
      await ask(relay, { input: 'one', background: true }),
      read(await call(relay, 'POST', `/${body['id']}/cancel`)),
      await ask(relay, { input: 'one', conversation: 'conv_1' }),
    ];
    expect(
      answers.map(({ status, body: { error } }) => [
        status,
        (error as JsonObject)['code'],
        (error as JsonObject)['param'],
      ]),
    ).toEqual([
      [400, 'unsupported_parameter', 'stream'],
      [400, 'unsupported_parameter', 'background'],
      [400, 'unsupported_parameter', 'background'],
      [400, 'unsupported_parameter', 'conversation'],
    ]);
  });
});

describe('what is on the disk', () => {
  /** Every file of the data folder, as text. */
  async function diskText(relay: RunningRelay): Promise<string> {
    const { dataDir } = relay.relay.status();
    const names = await readdir(dataDir, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n');
  }

  test('are prompts only of answers that are kept, and nothing of them is in a log', async () => {
    const relay = await start({ secrets: 'file' });
    const kept = 'a prompt that may be kept';
    const unkept = 'a prompt that must not be kept';
    await ask(relay, { input: kept });
    await ask(relay, { input: unkept, store: false });
    await rawCall(relay.url, {
      path: '/v1/chat/completions',
      headers: { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-5.5', store: true, messages: [{ role: 'user', content: unkept }] }),
    });
    const restarted = await relay.restart();
    running = restarted;
    const text = await diskText(restarted);
    expect([text.includes(kept), text.includes(unkept)]).toEqual([true, false]);
    expect(restarted.logged.join('\n')).not.toContain('prompt');
  });

  test('is nothing where responses.keep is off, and what was kept goes when it is switched off', async () => {
    const relay = await start();
    const first = await ask(relay, { input: 'one' });
    await relay.relay.settings.patch({ 'responses.keep': 'off' });
    const second = await ask(relay, { input: 'two' });
    const off = await get(relay, `/${first.body['id']}`);
    expect([off.status, (off.body['error'] as JsonObject)['message']]).toEqual([
      404,
      'Relay keeps no answers: the setting responses.keep is off.',
    ]);
    const chained = await ask(relay, { input: 'x', previous_response_id: second.body['id'] });
    expect([chained.status, (chained.body['error'] as JsonObject)['code']]).toEqual([
      400,
      'previous_response_not_found',
    ]);
    await relay.relay.settings.patch({ 'responses.keep': 'on' });
    expect((await get(relay, `/${first.body['id']}`)).status).toBe(404);
    const tables = ['kept_responses', 'kept_items', 'kept_chains'];
    const counts = await Promise.all(
      tables.map((table) => relay.relay.ledger.database.all(`SELECT count(*) AS count FROM ${table}`)),
    );
    expect(counts).toEqual(tables.map(() => [{ count: 0 }]));
  });
});
