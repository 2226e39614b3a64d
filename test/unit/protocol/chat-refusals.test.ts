import { expect, test } from 'vitest';
import { chatToResponses } from '../../../src-main/protocol/chat-request.ts';
import type { JsonObject } from '../../../src-main/protocol/json-object.ts';
import { refusalOf } from './feed.ts';

const user = { role: 'user', content: 'Hi' };
const translate = (more: JsonObject = {}) => chatToResponses({ model: 'gpt-5.4', messages: [user], ...more });
const part = (content: unknown, role = 'user') => ({ messages: [{ role, content: [content] }] });
const call = (more: object) => ({ messages: [{ role: 'assistant', tool_calls: [more] }] });

test.each<[JsonObject, string, string]>([
  [{ model: 5 }, 'invalid_type', 'model'],
  [{ model: '' }, 'invalid_value', 'model'],
  [{ stream: 'true' }, 'invalid_type', 'stream'],
  [{ messages: {} }, 'invalid_type', 'messages'],
  [{ messages: [] }, 'invalid_value', 'messages'],
  [{ messages: [{ role: 'assistant', content: '' }] }, 'invalid_value', 'messages'],
  [{ messages: ['Hi'] }, 'invalid_type', 'messages[0]'],
  [{ messages: [{ role: 5, content: 'x' }] }, 'invalid_type', 'messages[0].role'],
  [{ messages: [user, { role: 'boss', content: 'x' }] }, 'invalid_value', 'messages[1].role'],
  [{ messages: [{ role: 'user', content: 5 }] }, 'invalid_type', 'messages[0].content'],
  [{ messages: [{ role: 'user' }] }, 'invalid_type', 'messages[0].content'],
  [part({ type: 'input_audio', input_audio: {} }), 'unsupported_parameter', 'messages[0].content[0].type'],
  [part({ type: 'video' }), 'invalid_value', 'messages[0].content[0].type'],
  [part({ type: 'text', text: 5 }), 'invalid_type', 'messages[0].content[0].text'],
  [part({ type: 'image_url' }), 'invalid_type', 'messages[0].content[0].image_url'],
  [part({ type: 'image_url', image_url: {} }), 'invalid_type', 'messages[0].content[0].image_url.url'],
  [part({ type: 'image_url', image_url: 'x' }, 'system'), 'invalid_value', 'messages[0].content[0].type'],
  [part({ type: 'refusal', refusal: 'x' }), 'invalid_value', 'messages[0].content[0].type'],
  [part({ type: 'file', file: { file_id: 'f' } }), 'unsupported_parameter', 'messages[0].content[0].file.file_id'],
  [part({ type: 'file', file: {} }), 'invalid_type', 'messages[0].content[0].file.file_data'],
  [{ messages: [{ role: 'assistant', audio: { id: 'a' } }] }, 'unsupported_parameter', 'messages[0].audio'],
  [call({ type: 'function' }), 'invalid_type', 'messages[0].tool_calls[0].id'],
  [call({ id: 'c', type: 'x' }), 'invalid_value', 'messages[0].tool_calls[0].type'],
  [
    call({ id: 'c', function: { name: 'f', arguments: {} } }),
    'invalid_type',
    'messages[0].tool_calls[0].function.arguments',
  ],
  [{ messages: [{ role: 'tool', content: 'x' }] }, 'invalid_type', 'messages[0].tool_call_id'],
  [{ messages: [{ role: 'function', name: 'f', content: 'x' }] }, 'invalid_value', 'messages[0].name'],
  [{ n: 3 }, 'unsupported_parameter', 'n'],
  [{ n: 0 }, 'invalid_value', 'n'],
  [{ n: '1' }, 'invalid_type', 'n'],
  [{ logprobs: true }, 'unsupported_parameter', 'logprobs'],
  [{ top_logprobs: 2 }, 'unsupported_parameter', 'top_logprobs'],
  [{ audio: { voice: 'x' } }, 'unsupported_parameter', 'audio'],
  [{ modalities: ['text', 'audio'] }, 'unsupported_parameter', 'modalities'],
  [{ modalities: ['smell'] }, 'invalid_value', 'modalities[0]'],
  [{ stop: [5] }, 'invalid_type', 'stop[0]'],
  [{ stop: Array.from({ length: 17 }, () => 'x') }, 'invalid_value', 'stop'],
  [{ temperature: '1' }, 'invalid_type', 'temperature'],
  [{ max_tokens: 1.5 }, 'invalid_type', 'max_tokens'],
  [{ stream_options: { include_usage: 'yes' } }, 'invalid_type', 'stream_options.include_usage'],
  [{ tools: {} }, 'invalid_type', 'tools'],
  [{ tools: [{ type: 'function' }] }, 'invalid_type', 'tools[0].name'],
  [{ tools: [{ type: 'function', function: { name: '' } }] }, 'invalid_value', 'tools[0].function.name'],
  [{ tools: [{ type: 'abacus' }] }, 'invalid_value', 'tools[0].type'],
  [{ tools: [{ type: 'function', name: 'f' }], functions: [{ name: 'f' }] }, 'invalid_value', 'functions'],
  [{ tool_choice: 'any' }, 'invalid_value', 'tool_choice'],
  [{ tool_choice: { type: 'function' } }, 'invalid_type', 'tool_choice.name'],
  [{ response_format: { type: 'xml' } }, 'invalid_value', 'response_format.type'],
  [{ response_format: { type: 'json_schema', json_schema: {} } }, 'invalid_type', 'response_format.json_schema.name'],
  [{ reasoning_effort: true }, 'invalid_type', 'reasoning_effort'],
])('%j is refused with %s, naming %s', (body, code, param) => {
  expect(refusalOf(() => translate(body))).toEqual({ code, param });
});
