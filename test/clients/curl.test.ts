import { execFile } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';
import { type CallWatch, factsOf, watchCalls } from './call-facts.ts';
import { pixelUrl, planSchema } from './content-samples.ts';

let relay: RunningRelay;
let log: CallWatch;

beforeAll(async () => {
  relay = await startRelay({ accounts: [{ name: 'a', kind: 'chatgpt', models: ['gpt-5.4', 'gpt-5.5'] }] });
});
beforeEach(async () => {
  log = await watchCalls(relay);
});
afterAll(() => relay.stop());

/** Runs a command as it is printed on the landing page, in a shell with its two variables. */
function shell(command: string): Promise<string> {
  const env = { ...process.env, RELAY_KEY: relay.key, BASE: `${relay.url}/v1` };
  return new Promise((resolve, reject) => {
    execFile('bash', ['-c', command], { env }, (error, stdout) => (error === null ? resolve(stdout) : reject(error)));
  });
}

const curlName = expect.stringMatching(/^curl \d+\.\d+/);

/** The data of each SSE event, parsed where it is JSON. */
const dataOf = (stream: string): unknown[] =>
  stream
    .split('\n\n')
    .flatMap((block) => block.split('\n').filter((line) => line.startsWith('data: ')))
    .map((line) => line.slice('data: '.length))
    .map((data): unknown => (data === '[DONE]' ? data : JSON.parse(data)));

const weather = {
  type: 'function',
  name: 'weather',
  strict: true,
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
};

describe('curl as on the landing page', () => {
  it('streams Chat Completions', async () => {
    const body = await shell(`curl -sN $BASE/chat/completions \\
-H "Authorization: Bearer $RELAY_KEY" \\
-H "Content-Type: application/json" \\
-d '{
"model": "gpt-5.4",
"messages": [{"role":"user","content":"Refactor this handler"}],
"reasoning_effort": "high",
"stream": true
}'`);
    const events = dataOf(body);
    const contents = events.flatMap((event) =>
      typeof event === 'object' ? [(event as { choices: { delta: { content?: string } }[] }).choices[0]?.delta] : [],
    );
    expect(contents.map((delta) => delta?.content ?? '').join('')).toBe('You said: Refactor this handler');
    expect(events.at(-1)).toBe('[DONE]');
    expect(factsOf(await log.only())).toEqual({
      endpoint: 'chat',
      stream: true,
      status: 'ok',
      httpStatus: 200,
      errorCode: null,
      client: curlName,
      modelAsked: 'gpt-5.4',
      modelRan: 'gpt-5.4',
      effort: 'high',
      key: 'test',
      account: 'a',
      attempts: ['a: served'],
      dropped: [],
      tokens: [expect.any(Number), 0, 64 + Math.ceil('You said: Refactor this handler'.length / 4), 64],
    });
  });

  it('answers Chat Completions in one piece, without a Content-Type header', async () => {
    const body = await shell(`curl -s $BASE/chat/completions \\
-H "Authorization: Bearer $RELAY_KEY" \\
-d '{"model":"gpt-5.4","messages":[{"role":"user","content":"Ship it"}]}'`);
    const answer = JSON.parse(body) as {
      choices: unknown[];
      usage: { prompt_tokens: number; completion_tokens: number };
    };
    expect(answer.choices).toMatchObject([
      { index: 0, message: { role: 'assistant', content: 'You said: Ship it' }, finish_reason: 'stop' },
    ]);
    const { tokens, stream, client } = factsOf(await log.only());
    expect({ input: tokens[0], output: tokens[2], stream, client }).toEqual({
      input: answer.usage.prompt_tokens,
      output: answer.usage.completion_tokens,
      stream: false,
      client: curlName,
    });
  });

  it('answers Responses in one piece and streamed', async () => {
    const request = (more: string) => `curl -sN $BASE/responses \\
-H "Authorization: Bearer $RELAY_KEY" -H "Content-Type: application/json" \\
-d '{"model":"gpt-5.5","reasoning":{"effort":"high"},"input":"Add a null check"${more}}'`;
    const whole = JSON.parse(await shell(request(''))) as {
      status: string;
      output: { content: { text?: string }[] }[];
    };
    expect([whole.status, whole.output.at(-1)?.content[0]?.text]).toEqual(['completed', 'You said: Add a null check']);
    const types = dataOf(await shell(request(',"stream":true'))).map((event) => (event as { type: string }).type);
    expect([types[0], types.at(-1)]).toEqual(['response.created', 'response.completed']);
    expect((await log.finished(2)).map(({ endpoint, stream }) => [endpoint, stream])).toEqual([
      ['responses', false],
      ['responses', true],
    ]);
  });

  const asked = { model: 'gpt-5.5', reasoning: { effort: 'low' } };
  const forms = [
    {
      form: 'a tool call',
      body: { ...asked, input: 'sim:call weather {"city":"Bern"}', tools: [weather] },
      item: { type: 'function_call', name: 'weather', arguments: '{"city":"Bern"}', status: 'completed' },
    },
    {
      form: 'an image',
      body: { ...asked, input: [{ role: 'user', content: [{ type: 'input_image', image_url: pixelUrl }] }] },
      item: { type: 'message', content: [{ type: 'output_text', text: 'You said:  [1 image]' }] },
    },
    {
      form: 'an answer by a schema',
      body: {
        ...asked,
        input: 'plan',
        text: { format: { type: 'json_schema', name: 'plan', strict: true, schema: planSchema } },
      },
      item: { type: 'message', content: [{ type: 'output_text', text: '{"title":"text","done":true}' }] },
    },
  ];
  it.each(forms)('asks for $form on Responses', async ({ body, item }) => {
    const answer = JSON.parse(
      await shell(`curl -s $BASE/responses -H "Authorization: Bearer $RELAY_KEY" -d '${JSON.stringify(body)}'`),
    ) as { status: string; output: object[] };
    expect([answer.status, answer.output.at(-1)]).toMatchObject(['completed', item]);
    expect((await log.only()).dropped).toEqual([]);
  });

  it('works with a missing or doubled /v1', async () => {
    const statuses = await Promise.all(
      ['/models', '/v1/models', '/v1/v1/models'].map((path) =>
        shell(`curl -s -o /dev/null -w '%{http_code}' ${relay.url}${path} -H "Authorization: Bearer $RELAY_KEY"`),
      ),
    );
    expect(statuses).toEqual(['200', '200', '200']);
  });

  it('takes compressed bodies, and bodies of unknown length', async () => {
    const json = '{"model":"gpt-5.5","messages":[{"role":"user","content":"small"}]}';
    const send = (make: string, header: string) =>
      shell(`printf '%s' '${json}' | ${make} | curl -s $BASE/chat/completions -H "Authorization: Bearer $RELAY_KEY" \\
-H "Content-Type: application/json" -H "${header}" --data-binary @-`);
    const answers = await Promise.all([
      send('gzip -c', 'Content-Encoding: gzip'),
      send('cat', 'Transfer-Encoding: chunked'),
    ]);
    const contents = answers.map(
      (answer) => (JSON.parse(answer) as { choices: { message: { content: string } }[] }).choices[0]?.message.content,
    );
    expect(contents).toEqual(['You said: small', 'You said: small']);
  });
});

describe('curl with a mistake', () => {
  const status = (args: string) =>
    shell(`curl -s -w '\\n%{http_code}' ${args}`).then((out) => {
      const [body, code] = [out.slice(0, out.lastIndexOf('\n')), out.slice(out.lastIndexOf('\n') + 1)];
      const { error } = JSON.parse(body) as {
        error: { message: string; type: string; param: string | null; code: string };
      };
      return { status: code, type: error.type, param: error.param, code: error.code };
    });

  it('gets an OpenAI-shaped error for each', async () => {
    const auth = '-H "Authorization: Bearer $RELAY_KEY"';
    expect({
      'no key': await status(`$BASE/models`),
      'a wrong key': await status(`$BASE/models -H 'Authorization: Bearer nonsense'`),
      'half a body': await status(`$BASE/chat/completions ${auth} -d '{"model":'`),
      'no messages': await status(`$BASE/chat/completions ${auth} -d '{"model":"gpt-5.5","messages":{}}'`),
      'a wrong method': await status(`-X DELETE $BASE/chat/completions ${auth}`),
      'an unknown path': await status(`$BASE/nothing ${auth}`),
      'a foreign host': await status(`$BASE/models ${auth} -H 'Host: attacker.test'`),
      'a foreign origin': await status(`$BASE/models ${auth} -H 'Origin: https://attacker.test'`),
    }).toEqual({
      'no key': { status: '401', type: 'invalid_request_error', param: null, code: 'invalid_api_key' },
      'a wrong key': { status: '401', type: 'invalid_request_error', param: null, code: 'invalid_api_key' },
      'half a body': { status: '400', type: 'invalid_request_error', param: null, code: 'invalid_json' },
      'no messages': { status: '400', type: 'invalid_request_error', param: 'messages', code: 'invalid_type' },
      'a wrong method': { status: '405', type: 'invalid_request_error', param: null, code: 'method_not_allowed' },
      'an unknown path': { status: '404', type: 'invalid_request_error', param: null, code: 'not_found' },
      'a foreign host': { status: '403', type: 'invalid_request_error', param: null, code: 'forbidden_host' },
      'a foreign origin': { status: '403', type: 'invalid_request_error', param: null, code: 'forbidden_origin' },
    });
  });
});
