import type { ChatCompletionMessageParam, ChatCompletionTool } from 'openai/resources/chat/completions';
import type { FunctionTool, ResponseInput } from 'openai/resources/responses/responses';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { factsOf } from './call-facts.ts';
import { openAiNodeScene } from './openai-node-scene.ts';
import { chatTokens, responsesTokens } from './openai-usage.ts';

const weather = {
  name: 'weather',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
};
const chatTool: ChatCompletionTool = { type: 'function', function: { ...weather, strict: true } };
const responsesTool: FunctionTool = { type: 'function', ...weather, strict: true };
const twoCalls = 'sim:call weather {"city":"Bern"}\nsim:call weather {"city":"Oslo"}';

const at = openAiNodeScene();

const user = (content: string): ChatCompletionMessageParam[] => [{ role: 'user', content }];

describe('Tools', () => {
  it('gives parallel calls their own ids and takes their outputs back on Chat', async () => {
    const messages = user(twoCalls);
    const first = await at.client.chat.completions.create({ model: 'gpt-5.5', messages, tools: [chatTool] });
    const [choice] = first.choices;
    const calls = choice?.message.tool_calls ?? [];
    expect(choice?.finish_reason).toBe('tool_calls');
    expect(calls).toEqual(
      ['Bern', 'Oslo'].map((city) => ({
        id: expect.stringMatching(/^call_/),
        type: 'function',
        function: { name: 'weather', arguments: JSON.stringify({ city }) },
      })),
    );
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
    const second = await at.client.chat.completions.create({
      model: 'gpt-5.5',
      messages: [
        ...messages,
        choice!.message,
        ...calls.map(({ id }, index) => ({
          role: 'tool' as const,
          tool_call_id: id,
          content: index === 0 ? 'sun' : 'snow',
        })),
      ],
      tools: [chatTool],
    });
    expect(second.choices[0]?.message.content).toBe('Tool said: sun | snow');
    expect((await at.log.finished(2)).map(({ status }) => status)).toEqual(['ok', 'ok']);
  });

  it('streams parallel calls under indexes of their own', async () => {
    const stream = await at.client.chat.completions.create({
      model: 'gpt-5.5',
      messages: user(twoCalls),
      tools: [chatTool],
      stream: true,
    });
    const calls = new Map<number, string>();
    for await (const chunk of stream) {
      for (const { index, function: part } of chunk.choices[0]?.delta.tool_calls ?? []) {
        calls.set(index, (calls.get(index) ?? '') + (part?.arguments ?? ''));
      }
    }
    expect([...calls]).toEqual([
      [0, '{"city":"Bern"}'],
      [1, '{"city":"Oslo"}'],
    ]);
  });

  it('takes the outputs of parallel calls back on Responses, with the items as they came', async () => {
    const input: ResponseInput = [{ role: 'user', content: twoCalls }];
    const first = await at.client.responses.create({ model: 'gpt-5.5', input, tools: [responsesTool] });
    const replayed = first.output.filter((item) => item.type === 'reasoning' || item.type === 'function_call');
    const calls = replayed.filter((item) => item.type === 'function_call');
    expect(replayed).toEqual(first.output);
    expect(calls.map((call) => call.arguments)).toEqual(['{"city":"Bern"}', '{"city":"Oslo"}']);
    const second = await at.client.responses.create({
      model: 'gpt-5.5',
      input: [
        ...input,
        ...replayed,
        ...calls.map(({ call_id }, index) => ({
          type: 'function_call_output' as const,
          call_id,
          output: ['sun', 'snow'][index]!,
        })),
      ],
      tools: [responsesTool],
    });
    expect(second.output_text).toBe('Tool said: sun | snow');
  });

  it('runs a whole tool loop with runTools', async () => {
    const asked: string[] = [];
    const runner = at.client.chat.completions.runTools({
      model: 'gpt-5.5',
      messages: user(twoCalls),
      tools: [
        {
          type: 'function',
          function: {
            ...weather,
            description: 'The weather of a city',
            parse: (text: string) => z.object({ city: z.string() }).parse(JSON.parse(text)),
            function({ city }: { city: string }) {
              asked.push(city);
              return `fine in ${city}`;
            },
          },
        },
      ],
    });
    expect(await runner.finalContent()).toBe('Tool said: fine in Bern | fine in Oslo');
    expect(asked).toEqual(['Bern', 'Oslo']);
    const calls = await at.log.finished(2);
    expect(new Set(calls.map(({ conversationId }) => conversationId)).size).toBe(1);
  });

  it('forces a named tool', async () => {
    const resp = await at.client.chat.completions.create({
      model: 'gpt-5.5',
      messages: user('what now'),
      tools: [chatTool],
      tool_choice: { type: 'function', function: { name: 'weather' } },
    });
    expect(resp.choices[0]?.message.tool_calls).toMatchObject([{ function: { arguments: '{"city":"text"}' } }]);
  });
});

describe('Stream helpers', () => {
  it('chat.completions.stream puts the answer together', async () => {
    const runner = at.client.chat.completions.stream({
      model: 'gpt-5.5',
      messages: user(`${twoCalls}`),
      tools: [chatTool],
      stream_options: { include_usage: true },
    });
    const completion = await runner.finalChatCompletion();
    expect(completion.choices[0]?.message.tool_calls).toMatchObject([
      { function: { name: 'weather', arguments: '{"city":"Bern"}' } },
      { function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
    ]);
    expect(factsOf(await at.log.only()).tokens).toEqual(chatTokens(completion.usage));
  });

  it('responses.stream puts the answer together', async () => {
    const runner = at.client.responses.stream({ model: 'gpt-5.5', input: 'hello', reasoning: { effort: 'low' } });
    const deltas: string[] = [];
    runner.on('response.output_text.delta', ({ delta }) => deltas.push(delta));
    const response = await runner.finalResponse();
    expect([deltas.join(''), response.output_text]).toEqual(['You said: hello', 'You said: hello']);
    expect(factsOf(await at.log.only()).tokens).toEqual(responsesTokens(response.usage));
  });
});
