export interface DemoTrafficOptions {
  /** Relay's base URL, with /v1. */
  readonly baseUrl: string;
  readonly key: string;
  readonly signal: AbortSignal;
  readonly wait: (ms: number) => Promise<void>;
}

const pauseMs = 3_000;

/** Orders that the simulated model follows: how long its answers are, and one that it refuses. */
const prompts = ['sim:tokens 60', 'sim:tokens 140', 'What is the fastest way home?', 'sim:tokens 25', 'sim:refuse'];
const models = ['gpt-5.5', 'gpt-5.6-luna', 'gpt-5.5-low'];

/** One call every few seconds, both protocols in turn, streaming and not, until the signal aborts. */
export async function runDemoTraffic({ baseUrl, key, signal, wait }: DemoTrafficOptions): Promise<void> {
  for (let round = 0; !signal.aborted; round += 1) {
    const prompt = prompts[round % prompts.length] ?? '';
    const model = models[round % models.length] ?? '';
    const stream = round % 3 !== 0;
    const [path, body] =
      round % 2 === 0
        ? ['responses', { model, input: prompt, stream }]
        : ['chat/completions', { model, messages: [{ role: 'user', content: prompt }], stream }];
    await sendCall(`${baseUrl}/${path}`, { key, body, signal });
    await wait(pauseMs);
  }
}

/** A call that fails is seen in the log of calls, which is what the demo is there to show. */
async function sendCall(url: string, call: { key: string; body: object; signal: AbortSignal }): Promise<void> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${call.key}`, 'content-type': 'application/json', 'user-agent': 'Relay demo' },
      body: JSON.stringify(call.body),
      signal: call.signal,
    });
    await response.text();
  } catch {
    // Relay is ending.
  }
}
