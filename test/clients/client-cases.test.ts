import { execFile } from 'node:child_process';
import { createOpenAI } from '@ai-sdk/openai';
import { APICallError, RetryError, streamText } from 'ai';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sseData } from '../support/raw-call.ts';
import type { RunningRelay } from '../support/running-relay.ts';
import { type CallWatch, watchCalls } from './call-facts.ts';
import { arrivalsAt } from './codex-scene.ts';
import { startOrderedRelay } from './ordered-relay.ts';
import { type PythonSdk, pythonAt, pythonMissing } from './python-sdk.ts';

interface Question {
  readonly key: string;
  readonly prompt: string;
}

/** The text that was read, or what of an error a program can go by. */
type Reading = string | { readonly status: number | undefined; readonly code: unknown };

let relay: RunningRelay;
let log: CallWatch;
let python: PythonSdk | null = null;

beforeAll(async () => {
  relay = await startOrderedRelay({ 'routing.holdMs': 0 });
  python = await pythonAt(relay);
});
beforeEach(async () => {
  log = await watchCalls(relay);
});
afterEach(() => {
  for (const name of ['a', 'b']) relay.simulator.account(name).faults.clear();
});
afterAll(async () => {
  python?.end();
  await relay.stop();
});

async function askNode({ key, prompt }: Question): Promise<Reading> {
  // With its own two retries, as everybody has them.
  const client = new OpenAI({ baseURL: `${relay.url}/v1`, apiKey: key });
  try {
    const stream = await client.responses.create({ model: 'gpt-5.5', input: prompt, stream: true });
    let text = '';
    for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta;
    return text;
  } catch (error) {
    if (!(error instanceof OpenAI.APIError)) throw error;
    return { status: error.status, code: error.code };
  }
}

async function askAiSdk({ key, prompt }: Question): Promise<Reading> {
  const provider = createOpenAI({ baseURL: `${relay.url}/v1`, apiKey: key });
  let failure: unknown = null;
  const { textStream } = streamText({
    model: provider('gpt-5.5'),
    prompt,
    maxRetries: 1,
    onError: ({ error }) => {
      failure = RetryError.isInstance(error) ? error.lastError : error;
    },
  });
  let text = '';
  for await (const part of textStream) text += part;
  if (failure === null) return text;
  if (!APICallError.isInstance(failure)) throw failure;
  const { error } = JSON.parse(failure.responseBody ?? '') as { error: { code: unknown } };
  return { status: failure.statusCode, code: error.code };
}

async function askPython(question: Question): Promise<Reading> {
  return (await python?.run('ask', question)) as Reading;
}

function askCurl({ key, prompt }: Question): Promise<Reading> {
  const body = JSON.stringify({ model: 'gpt-5.5', messages: [{ role: 'user', content: prompt }], stream: true });
  const args = ['-sN', `${relay.url}/v1/chat/completions`, '-H', `Authorization: Bearer ${key}`, '-d', body];
  return new Promise((resolve, reject) => {
    execFile('curl', [...args, '-w', '\n%{http_code}'], { maxBuffer: 16 << 20 }, (failed, stdout) => {
      if (failed !== null) return reject(failed);
      const [, answer = '', status = ''] = /^(.*)\n(\d+)$/s.exec(stdout) ?? [];
      if (status !== '200') return resolve({ status: Number(status), code: JSON.parse(answer).error.code });
      const chunks = sseData(answer).filter((data) => data !== '[DONE]') as OpenAI.ChatCompletionChunk[];
      resolve(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join(''));
    });
  });
}

/** `calls`: what asking an exhausted pool once comes to. The AI SDK tries a 429 again whatever the headers say. */
const clients = [
  { client: 'the OpenAI Node SDK', ask: askNode, missing: false, calls: 1 },
  { client: 'the OpenAI Python SDK', ask: askPython, missing: pythonMissing, calls: 1 },
  { client: 'the Vercel AI SDK', ask: askAiSdk, missing: false, calls: 2 },
  { client: 'curl', ask: askCurl, missing: false, calls: 1 },
] as const;

const attemptsOf = async (): Promise<string[]> =>
  (await log.only()).attempts.map(({ accountLabel, outcome }) => `${accountLabel} ${outcome}`);

for (const { client, ask, missing } of clients) {
  describe.skipIf(missing)(client, () => {
    const asked = (prompt: string) => ask({ key: relay.key, prompt });

    it('streams a long answer whole', async () => {
      expect(String(await asked('sim:tokens 3000')).split(' ')).toHaveLength(3_000);
      expect(await attemptsOf()).toEqual(['a served']);
    });

    it('does not notice an account that fails before it answers', async () => {
      relay.simulator.account('a').script({ kind: 'status', status: 500, body: 'oops' });
      expect(await asked('sim:say served all the same')).toBe('served all the same');
      expect(await attemptsOf()).toEqual(['a failed', 'b served']);
    });

    it('reads one whole answer where an account breaks off in its middle', async () => {
      const text = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen';
      relay.simulator.account('a').script({ kind: 'cut', at: 'deltas', afterDeltas: 3, how: 'reset' });
      expect(await asked(`sim:say ${text}`)).toBe(text);
      expect(await attemptsOf()).toEqual(['a continued', 'b served']);
    });

    it('is told of a key that was revoked between two calls, and does not try again', async () => {
      const { key, secret } = await relay.relay.keys.create({ name: 'to be revoked' });
      expect(await ask({ key: secret, prompt: 'sim:say hello' })).toBe('hello');
      await relay.relay.keys.revoke(key.id);
      const arrivals = arrivalsAt(relay);
      expect(await ask({ key: secret, prompt: 'sim:say again' })).toEqual({ status: 401, code: 'invalid_api_key' });
      expect(arrivals).toHaveLength(1);
      await log.finished(1);
    });
  });
}

/** Last, because the accounts rest for hours afterwards. */
describe('a pool that rests for hours', () => {
  beforeAll(async () => {
    for (const name of ['a', 'b'])
      relay.simulator.account(name).always({ kind: 'usage-limit', resetsInSeconds: 7_200 });
    await askCurl({ key: relay.key, prompt: 'sim:say hello' });
    relay.simulator.clearJournal();
  });

  for (const { client, ask, missing, calls } of clients) {
    it.skipIf(missing)(`is an error for ${client}, which costs no account a request`, async () => {
      const reading = await ask({ key: relay.key, prompt: 'sim:say hello' });
      expect(reading).toEqual({ status: 429, code: 'usage_limit_reached' });
      await log.finished(calls);
      expect(relay.simulator.modelRequests()).toEqual([]);
    });
  }
});
