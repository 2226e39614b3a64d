import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sampleOf } from '../../../src-main/simulator/schema-sample.ts';
import {
  askCodex,
  type Body,
  codexBody,
  itemsOf,
  startSimulation,
  terminalOf,
  textOf,
  typesOf,
  user,
} from './simulation.ts';

const weather = {
  type: 'function',
  name: 'get_weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
};
const patch = { type: 'custom', name: 'apply_patch' };

/** What an answer said and called, without its ids. */
const said = async (body: Body): Promise<unknown> => {
  const events = await askCodex(await startSimulation(), body);
  return itemsOf(events).map((item) => {
    if (item['type'] === 'message')
      return (item['content'] as Body[]).map((part) => part['text'] ?? part['refusal']).join('');
    return [item['type'], item['name'], item['arguments'] ?? item['input']];
  });
};

describe('an order in the last user message', () => {
  it.each<[string, Body, unknown]>([
    ['text', codexBody('please\nsim:say hello\nsim:say world'), ['hello\nworld']],
    [
      'a call',
      codexBody('sim:call get_weather {"city":"Rome"}', { tools: [weather] }),
      [['function_call', 'get_weather', '{"city":"Rome"}']],
    ],
    [
      'parallel calls',
      codexBody('sim:call get_weather {"city":"A"}\nsim:call get_weather {"city":"B"}', { tools: [weather] }),
      [
        ['function_call', 'get_weather', '{"city":"A"}'],
        ['function_call', 'get_weather', '{"city":"B"}'],
      ],
    ],
    [
      'one call where parallel calls are off',
      codexBody('sim:call get_weather {}\nsim:call get_weather {}', { tools: [weather], parallel_tool_calls: false }),
      [['function_call', 'get_weather', '{}']],
    ],
    [
      'a custom call',
      codexBody('sim:call apply_patch *** Begin', { tools: [patch] }),
      [['custom_tool_call', 'apply_patch', '*** Begin']],
    ],
    [
      'a call of a tool that is not offered',
      codexBody('sim:call nothing {}', { tools: [weather] }),
      ['No such tool: nothing. Offered: get_weather'],
    ],
    [
      'no call where tools are switched off',
      codexBody('sim:call get_weather {}', { tools: [weather], tool_choice: 'none' }),
      ['You said: sim:call get_weather {}'],
    ],
    [
      'a forced call without an order',
      codexBody('hi', { tools: [patch, weather], tool_choice: { type: 'function', name: 'get_weather' } }),
      [['function_call', 'get_weather', '{"city":"text"}']],
    ],
    [
      'the shell as exec_command',
      codexBody('sim:shell ls', { tools: [{ type: 'function', name: 'exec_command' }] }),
      [['function_call', 'exec_command', '{"cmd":"ls"}']],
    ],
    [
      'the shell as shell',
      codexBody('sim:shell ls', { tools: [{ type: 'function', name: 'shell' }] }),
      [['function_call', 'shell', '{"command":["bash","-lc","ls"]}']],
    ],
    [
      'JSON by schema',
      codexBody('hi', {
        text: {
          format: {
            type: 'json_schema',
            name: 'n',
            schema: {
              type: 'object',
              properties: { n: { type: 'integer', minimum: 3 }, list: { type: 'array', items: { enum: ['a', 'b'] } } },
            },
          },
        },
      }),
      ['{"n":3,"list":["a"]}'],
    ],
    ['a refusal', codexBody('sim:refuse'), ['I cannot help with that.']],
    [
      'pictures counted',
      codexBody('', {
        input: [
          {
            role: 'user',
            content: [
              { type: 'input_text', text: 'see' },
              { type: 'input_image', image_url: 'data:image/png;base64,AA==' },
            ],
          },
        ],
      }),
      ['You said: see [1 image]'],
    ],
  ])('gives %s', async (_, body, expected) => {
    expect(await said(body)).toEqual(expected);
  });

  it('gives exactly N tokens', async () => {
    const events = await askCodex(await startSimulation(), codexBody('sim:tokens 137'));
    expect(textOf(events).split(' ')).toHaveLength(137);
    expect(terminalOf(events)['usage']).toMatchObject({ output_tokens: 137 });
  });

  it('gives the shell step after step, then the output as text', async () => {
    const simulation = await startSimulation();
    const tools = [{ type: 'function', name: 'exec_command' }];
    let input: Body[] = [user('sim:steps 2 pwd')];
    for (const output of ['/one', '/two']) {
      const [call] = itemsOf(await askCodex(simulation, codexBody('', { input, tools })));
      expect(call).toMatchObject({ type: 'function_call', name: 'exec_command', arguments: '{"cmd":"pwd"}' });
      input = [...input, call!, { type: 'function_call_output', call_id: call!['call_id'], output }];
    }
    expect(textOf(await askCodex(simulation, codexBody('', { input, tools })))).toBe('Tool said: /two');
  });

  it('counts the steps that a compaction took away', async () => {
    const simulation = await startSimulation();
    const tools = [{ type: 'function', name: 'exec_command' }];
    const call = { type: 'function_call', call_id: 'c1', name: 'exec_command', arguments: '{}' };
    const output = { type: 'function_call_output', call_id: 'c1', output: 'x' };
    const order = user('sim:steps 1 pwd');
    const compacted = await askCodex(
      simulation,
      codexBody('', { input: [order, call, output, { type: 'compaction_trigger' }], tools }),
    );
    const next = codexBody('', { input: [order, ...itemsOf(compacted)], tools });
    expect(textOf(await askCodex(simulation, next))).toBe('Done after 1 steps.');
  });

  it('gives a citation with the events of its search', async () => {
    const events = await askCodex(await startSimulation(), codexBody('sim:cite'));
    expect(typesOf(events)).toEqual(
      expect.arrayContaining(['response.web_search_call.searching', 'response.output_text.annotation.added']),
    );
    const [search, message] = itemsOf(events);
    expect(search).toMatchObject({ type: 'web_search_call', status: 'completed' });
    expect((message!['content'] as Body[])[0]).toMatchObject({
      text: 'Relay is a router [example.test].',
      annotations: [
        { type: 'url_citation', start_index: 18, end_index: 32, url: 'https://example.test/relay', title: 'Relay' },
      ],
    });
  });

  it('ends incomplete with the reason given', async () => {
    const events = await askCodex(
      await startSimulation(),
      codexBody('sim:say so far\nsim:incomplete max_output_tokens'),
    );
    expect(events.at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    });
    expect(textOf(events)).toBe('so far');
  });

  it('streams arguments in pieces that join to the whole, one index for each parallel call', async () => {
    const text = 'sim:call get_weather {"city":"Rome, Italy"}\nsim:call get_weather {"city":"B"}';
    const events = await askCodex(await startSimulation(), codexBody(text, { tools: [weather] }));
    const deltas = events.filter((event) => event.type === 'response.function_call_arguments.delta');
    const joined = (index: number): string =>
      deltas
        .filter((event) => event['output_index'] === index)
        .map((event) => event['delta'])
        .join('');
    expect([joined(0), joined(1)]).toEqual(['{"city":"Rome, Italy"}', '{"city":"B"}']);
    expect(deltas.length).toBeGreaterThan(4);
  });
});

it('thinks aloud only when a summary is asked for', async () => {
  const simulation = await startSimulation();
  const events = await askCodex(simulation, codexBody('hi', { reasoning: { effort: 'high', summary: 'auto' } }));
  expect(typesOf(events).filter((type) => type.includes('reasoning'))).toEqual([
    'response.reasoning_summary_part.added',
    'response.reasoning_summary_text.delta',
    'response.reasoning_summary_text.delta',
    'response.reasoning_summary_text.done',
    'response.reasoning_summary_part.done',
  ]);
  expect(terminalOf(events)['usage']).toMatchObject({ output_tokens_details: { reasoning_tokens: 64 } });
  const quiet = await askCodex(simulation, codexBody('hi', { reasoning: { effort: 'high' } }));
  expect(itemsOf(quiet)[0]).toEqual({ type: 'reasoning', id: expect.stringMatching(/^rs_/), summary: [] });
});

it('summarises when it is asked to compact locally', async () => {
  const prompt = 'You are performing a CONTEXT CHECKPOINT COMPACTION. Create a handoff summary.';
  expect(await said(codexBody('', { input: [user('hi'), user(prompt)] }))).toEqual([
    'Summary: 2 items so far, nothing left to do.',
  ]);
});

describe('a sample', () => {
  it('is valid against the schema it was made from', () => {
    const leaf = fc.constantFrom<z.ZodType>(
      z.string(),
      z.int(),
      z.boolean(),
      z.null(),
      z.enum(['a', 'b']),
      z.literal(7),
      z.string().min(6),
      z.number().min(3),
      z.iso.datetime(),
      z.email(),
    );
    const schema = fc.letrec<{ any: z.ZodType }>((tie) => ({
      any: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        leaf,
        tie('any').map((inner) => z.array(inner)),
        tie('any').map((inner) => inner.nullable()),
        fc.tuple(tie('any'), tie('any')).map(([a, b]) => z.object({ a, b: b.optional() })),
        fc.tuple(tie('any'), tie('any')).map(([a, b]) => z.union([a, b])),
      ),
    })).any;
    fc.assert(fc.property(schema, (type) => type.safeParse(sampleOf(z.toJSONSchema(type))).success));
  });

  it('ends for a schema that contains itself', () => {
    const node = { type: 'object', properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } } };
    expect(JSON.stringify(sampleOf({ $ref: '#/$defs/node', $defs: { node } }))).toContain('null');
  });
});

describe('an answer that broke off', () => {
  const assistant = (text: string): Body => ({
    type: 'message',
    role: 'assistant',
    content: [{ type: 'output_text', text }],
  });
  const order = { ...user('Continue exactly where it stops.'), role: 'developer' };
  const goOn = (asked: string, ...turns: Body[]) => codexBody(asked, { input: [user(asked), ...turns] });

  it.each<[string, Body, unknown]>([
    ['exactly', goOn('sim:say one two three', assistant('one t'), order), ['wo three']],
    ['from its end, with nothing to add', goOn('sim:say one two', assistant('one two'), order), ['']],
    [
      'in the message that broke',
      goOn('sim:comment hm\nsim:say one two', assistant('hm'), assistant('one'), order),
      [' two'],
    ],
    ['behind a message that was whole', goOn('sim:comment hm\nsim:say one', assistant('hm'), order), ['one']],
    [
      'with the call that was to follow',
      { ...goOn('sim:comment hm\nsim:call get_weather {}', assistant('hm'), order), tools: [weather] },
      [['function_call', 'get_weather', '{}']],
    ],
    ['repeating words', goOn('sim:say one two three\nsim:repeat 2', assistant('one two '), order), ['one two three']],
    ['from the beginning', goOn('sim:say one two\nsim:repeat all', assistant('one'), order), ['one two']],
    ['only if it began so', goOn('sim:say one two', assistant('two'), order), ['The answer does not begin so: two']],
    ['only if it is asked to', goOn('sim:say one two', assistant('one')), ['one two']],
  ])('is gone on with %s', async (_name, body, expected) => {
    expect(await said(body)).toEqual(expected);
  });
});
