import { describe, expect, it } from 'vitest';
import { factsOf } from './call-facts.ts';
import { openAiNodeScene } from './openai-node-scene.ts';
import { chatTokens, responsesTokens } from './openai-usage.ts';
import { thrownBy } from './thrown.ts';

const at = openAiNodeScene({ accounts: [{ name: 'paid', kind: 'openai' }] });

const model = 'gpt-5.4';

describe('The OpenAI Node SDK on an API-key account', () => {
  it('gets Chat Completions, with the parameters that a ChatGPT login cannot take', async () => {
    const resp = await at.client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'hello' }],
      temperature: 0.2,
      max_completion_tokens: 500,
    });
    expect(resp.choices[0]?.message.content).toBe('You said: hello');
    const call = await at.log.only();
    expect(factsOf(call)).toMatchObject({ status: 'ok', account: 'paid', dropped: [], tokens: chatTokens(resp.usage) });
    expect(at.relay.simulator.modelRequests('paid').at(-1)?.body).toMatchObject({
      temperature: 0.2,
      max_output_tokens: 500,
    });
    // What an API key costs is really paid.
    expect(call.costMicroUsd).toBeGreaterThan(0);
    expect(call.spentMicroUsd).toBe(call.costMicroUsd);
  });

  it('gets Responses, and goes on from one by previous_response_id', async () => {
    const first = await at.client.responses.create({ model, input: 'one' });
    const second = await at.client.responses.create({ model, input: 'two', previous_response_id: first.id });
    expect([first.output_text, second.output_text]).toEqual(['You said: one', 'You said: two']);
    const [, call] = await at.log.finished(2);
    expect(factsOf(call!).tokens).toEqual(responsesTokens(second.usage));
  });

  it('streams both protocols', async () => {
    const chat = at.client.chat.completions.stream({ model, messages: [{ role: 'user', content: 'sim:tokens 3000' }] });
    expect((await chat.finalContent())?.split(' ')).toHaveLength(3000);
    const responses = at.client.responses.stream({ model, input: 'hello' });
    expect((await responses.finalResponse()).output_text).toBe('You said: hello');
    expect((await at.log.finished(2)).map(({ stream, status }) => [stream, status])).toEqual([
      [true, 'ok'],
      [true, 'ok'],
    ]);
  });

  it('reaches the endpoints that Relay only passes on', async () => {
    const { data } = await at.client.embeddings.create({ model: 'text-embedding-3-small', input: 'x' });
    expect(data[0]?.object).toBe('embedding');
    expect(factsOf(await at.log.only())).toMatchObject({ endpoint: 'passthrough', status: 'ok', account: 'paid' });
  });

  it('never shows a client the upstream’s own refusal of the key', async () => {
    at.relay.simulator.account('paid').script({
      kind: 'status',
      status: 401,
      body: { error: { message: 'Incorrect API key provided: sk-sim-x.', code: 'invalid_api_key' } },
    });
    const error = await thrownBy(at.client.responses.create({ model, input: 'hello' }));
    expect(error).toMatchObject({ status: 503, code: 'no_available_accounts' });
    expect(String(error)).not.toContain('sk-sim');
  });
});
