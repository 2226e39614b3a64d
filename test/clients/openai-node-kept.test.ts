import type OpenAI from 'openai';
import { beforeEach, describe, expect, it } from 'vitest';
import { openAiNodeScene } from './openai-node-scene.ts';
import { thrownBy } from './thrown.ts';

const at = openAiNodeScene({
  accounts: [
    { name: 'login', kind: 'chatgpt' },
    { name: 'paid', kind: 'openai', models: ['gpt-5.5'] },
  ],
});

const model = 'gpt-5.5';
const tools: OpenAI.Responses.Tool[] = [
  { type: 'function', name: 'weather', parameters: { type: 'object', properties: {} }, strict: false },
];

/** Only this account takes calls. */
async function only(label: string): Promise<void> {
  for (const account of at.relay.relay.accounts.list()) {
    await at.relay.relay.accounts.setEnabled(account.id, account.label === label);
  }
}

describe.each(['login', 'paid'])('The OpenAI Node SDK on %s', (label) => {
  beforeEach(() => only(label));

  it('goes on from an answer, streamed or not, and the log has the id that it saw', async () => {
    const first = await at.client.responses.create({ model, input: 'one' });
    const stream = at.client.responses.stream({ model, input: 'two', previous_response_id: first.id });
    const second = await stream.finalResponse();
    const third = await at.client.responses.create({ model, input: 'three', previous_response_id: second.id });
    expect([first, second, third]).toMatchObject([
      { output_text: 'You said: one', store: true, previous_response_id: null },
      { output_text: 'You said: two', store: true, previous_response_id: first.id },
      { output_text: 'You said: three', store: true, previous_response_id: second.id },
    ]);
    expect((await at.log.finished(3)).map(({ responseId }) => responseId)).toEqual([first.id, second.id, third.id]);
  });

  it('answers a tool call of the answer before with its output alone', async () => {
    const first = await at.client.responses.create({ model, tools, input: 'sim:call weather {}' });
    const call = first.output.find((item) => item.type === 'function_call');
    const second = await at.client.responses.create({
      model,
      tools,
      previous_response_id: first.id,
      input: [{ type: 'function_call_output', call_id: call!.call_id, output: 'fine' }],
    });
    expect(second.output_text).toBe('Tool said: fine');
  });

  it('retrieves an answer, lists what it was made from, and deletes it', async () => {
    const first = await at.client.responses.create({ model, input: 'one' });
    const second = await at.client.responses.create({ model, input: 'two', previous_response_id: first.id });
    const { output_text: _, _request_id: __, ...whole } = second;
    const retrieved = await at.client.responses.retrieve(second.id);
    expect([retrieved, retrieved.output_text]).toEqual([expect.objectContaining(whole), 'You said: two']);

    const texts: string[] = [];
    for await (const item of at.client.responses.inputItems.list(second.id, { order: 'asc', limit: 1 })) {
      if (item.type === 'message') texts.push((item.content[0] as { text: string }).text);
    }
    expect(texts).toEqual(['one', 'You said: one', 'two']);

    await at.client.responses.delete(first.id);
    expect(await thrownBy(at.client.responses.retrieve(first.id))).toMatchObject({ status: 404, code: 'not_found' });
    expect(await thrownBy(at.client.responses.inputItems.list(second.id))).toMatchObject({ status: 404 });
    const broken = at.client.responses.create({ model, input: 'three', previous_response_id: second.id });
    expect(await thrownBy(broken)).toMatchObject({
      status: 400,
      code: 'previous_response_not_found',
      param: 'previous_response_id',
    });
  });

  it('is told that nothing runs in the background and nothing is streamed twice', async () => {
    const { id } = await at.client.responses.create({ model, input: 'one' });
    expect([
      await thrownBy(at.client.responses.create({ model, input: 'one', background: true })),
      await thrownBy(at.client.responses.cancel(id)),
      await thrownBy(at.client.responses.retrieve(id, { stream: true })),
    ]).toMatchObject([
      { status: 400, code: 'unsupported_parameter', param: 'background' },
      { status: 400, code: 'unsupported_parameter', param: 'background' },
      { status: 400, code: 'unsupported_parameter', param: 'stream' },
    ]);
  });
});

it('A chain of the OpenAI Node SDK moves between a login and an API key', async () => {
  const said: string[] = [];
  let previous: string | null = null;
  for (const [label, input] of [
    ['login', 'one'],
    ['paid', 'two'],
    ['login', 'three'],
    ['paid', 'four'],
  ] as const) {
    await only(label);
    const response: OpenAI.Responses.Response = await at.client.responses.create({
      model,
      input,
      previous_response_id: previous,
    });
    previous = response.id;
    said.push(response.output_text);
  }
  expect(said).toEqual(['You said: one', 'You said: two', 'You said: three', 'You said: four']);
  expect((await at.log.finished(4)).map(({ attempts }) => attempts.length)).toEqual([1, 1, 1, 1]);
});
