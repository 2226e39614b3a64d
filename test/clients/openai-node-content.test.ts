import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { pixelUrl } from './content-samples.ts';
import { openAiNodeScene } from './openai-node-scene.ts';

const at = openAiNodeScene();

const user = (content: string): ChatCompletionMessageParam[] => [{ role: 'user', content }];

describe('Structured output', () => {
  const Step = z.object({ title: z.string(), done: z.boolean(), count: z.number() });

  it('parses chat.completions.parse with a zod schema', async () => {
    const resp = await at.client.chat.completions.parse({
      model: 'gpt-5.5',
      messages: user('plan'),
      response_format: zodResponseFormat(Step, 'step'),
    });
    expect(resp.choices[0]?.message.parsed).toEqual({ title: 'text', done: true, count: 1 });
  });

  it('parses responses.parse with a zod schema', async () => {
    const resp = await at.client.responses.parse({
      model: 'gpt-5.5',
      input: 'plan',
      text: { format: zodTextFormat(Step, 'step') },
    });
    expect(resp.output_parsed).toEqual({ title: 'text', done: true, count: 1 });
  });

  it('carries a refusal as a refusal', async () => {
    const resp = await at.client.chat.completions.parse({
      model: 'gpt-5.5',
      messages: user('sim:refuse'),
      response_format: zodResponseFormat(Step, 'step'),
    });
    expect(resp.choices[0]?.message).toMatchObject({
      refusal: 'I cannot help with that.',
      content: null,
      parsed: null,
    });
  });
});

describe('Content of many kinds', () => {
  it('passes images as data URLs on both protocols', async () => {
    const chat = await at.client.chat.completions.create({
      model: 'gpt-5.5',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'look' },
            { type: 'image_url', image_url: { url: pixelUrl } },
          ],
        },
      ],
    });
    expect(chat.choices[0]?.message.content).toBe('You said: look [1 image]');
    const response = await at.client.responses.create({
      model: 'gpt-5.5',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'look' },
            { type: 'input_image', image_url: pixelUrl, detail: 'auto' },
          ],
        },
      ],
    });
    expect(response.output_text).toBe('You said: look [1 image]');
  });

  it('takes system, developer and assistant messages', async () => {
    const resp = await at.client.chat.completions.create({
      model: 'gpt-5.5',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'developer', content: 'Be kind.' },
        { role: 'user', content: 'one' },
        { role: 'assistant', content: 'two' },
        { role: 'user', content: 'three' },
      ],
    });
    expect(resp.choices[0]?.message.content).toBe('You said: three');
  });

  it('cuts at a stop sequence, streaming and not', async () => {
    const request = { model: 'gpt-5.5', messages: user('sim:say alpha beta END gamma'), stop: ['END'] };
    const whole = await at.client.chat.completions.create(request);
    expect(whole.choices[0]).toMatchObject({ message: { content: 'alpha beta ' }, finish_reason: 'stop' });
    const runner = at.client.chat.completions.stream(request);
    expect(await runner.finalContent()).toBe('alpha beta ');
  });

  it('brings an answer of 3000 tokens over whole, streaming and not', async () => {
    const whole = await at.client.chat.completions.create({ model: 'gpt-5.5', messages: user('sim:tokens 3000') });
    expect(whole.choices[0]?.message.content?.split(' ')).toHaveLength(3000);
    const { completion_tokens = 0, completion_tokens_details } = whole.usage ?? {};
    expect(completion_tokens - (completion_tokens_details?.reasoning_tokens ?? 0)).toBe(3000);
    const runner = at.client.chat.completions.stream({ model: 'gpt-5.5', messages: user('sim:tokens 3000') });
    expect(await runner.finalContent()).toBe(whole.choices[0]?.message.content);
  });

  it('says length where the upstream cut the answer short', async () => {
    const resp = await at.client.chat.completions.create({
      model: 'gpt-5.5',
      messages: user('sim:say half an answer\nsim:incomplete max_output_tokens'),
    });
    expect(resp.choices[0]).toMatchObject({ message: { content: 'half an answer' }, finish_reason: 'length' });
    expect((await at.log.only()).status).toBe('ok');
  });
});
