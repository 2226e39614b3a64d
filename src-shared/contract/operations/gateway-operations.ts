import { z } from 'zod';
import { json, type Operation } from '../operation.ts';

const calls = { tag: 'Gateway', access: 'key', errors: [403, 404, 413, 415, 429, 502, 503, 504] } as const;
const kept = { tag: 'Gateway', access: 'key', params: { id: 'resp_call_7b1f0d5e4c' } } as const;

const text = z.string();
const model = text.describe('A model of GET /v1/models, or an alias; may end in -low, -medium, -high, -xhigh, -fast');
const input = z.union([text, z.array(z.looseObject({}))]);

/** What Relay itself reads of a request; everything else is passed on, or named in `x-relay-dropped`. */
const responsesRequest = z.looseObject({
  model,
  input,
  instructions: text.nullable().optional(),
  stream: z.boolean().nullable().optional(),
  store: z.boolean().nullable().optional(),
  previous_response_id: text.nullable().optional(),
  max_output_tokens: z.number().int().nullable().optional(),
  tools: z.array(z.looseObject({})).optional(),
});
const chatRequest = z.looseObject({
  model,
  messages: z.array(z.looseObject({ role: text })),
  stream: z.boolean().nullable().optional(),
  max_completion_tokens: z.number().int().nullable().optional(),
  stop: z
    .union([text, z.array(text)])
    .nullable()
    .optional(),
  tools: z.array(z.looseObject({})).optional(),
});
const response = z.looseObject({
  id: text,
  object: z.literal('response'),
  status: text,
  output: z.array(z.looseObject({})),
});
const completion = z.looseObject({
  id: text,
  object: z.literal('chat.completion'),
  choices: z.array(z.looseObject({ index: z.number().int(), finish_reason: text })),
});
const stream = {
  status: 200,
  description: 'With `stream`: server-sent events as OpenAI sends them.',
  media: 'text/event-stream',
};

export const gatewayOperations: readonly Operation[] = [
  {
    ...calls,
    method: 'post',
    path: '/v1/responses',
    id: 'createResponse',
    summary: 'A response',
    description:
      'OpenAI’s Responses API on the best of your accounts. A WebSocket upgrade on the same path takes `response.create` messages. Answers carry x-relay-account, x-relay-attempts, x-relay-reason and, for keys with limits, x-ratelimit-*.',
    body: {
      name: 'ResponsesRequest',
      schema: responsesRequest,
      example: { model: 'gpt-5.5', input: 'Say hello.', stream: false },
    },
    answers: [json('Response', response, 'The response.'), stream],
  },
  {
    ...calls,
    method: 'post',
    path: '/v1/chat/completions',
    id: 'createChatCompletion',
    summary: 'A chat completion',
    description: 'OpenAI’s Chat Completions API, served by Responses accounts as well.',
    body: {
      name: 'ChatRequest',
      schema: chatRequest,
      example: { model: 'gpt-5.5', messages: [{ role: 'user', content: 'Say hello.' }] },
    },
    answers: [json('ChatCompletion', completion, 'The completion.'), stream],
  },
  {
    ...calls,
    method: 'post',
    path: '/v1/responses/compact',
    id: 'compactResponse',
    summary: 'Compact a conversation',
    description: 'As the Codex CLI asks for it; the result can be read only by the account that made it.',
    body: { name: 'ResponsesRequest', schema: responsesRequest, example: { model: 'gpt-5.5', input: [] } },
    answers: [json('Compaction', z.looseObject({ output: z.array(z.looseObject({})) }), 'The compacted items.')],
  },
  {
    ...kept,
    method: 'get',
    path: '/v1/responses/{id}',
    id: 'getResponse',
    summary: 'A kept response',
    description: 'Of a request with `store`, for the key that asked for it.',
    answers: [json('Response', response, 'The response.')],
  },
  {
    ...kept,
    method: 'delete',
    path: '/v1/responses/{id}',
    id: 'deleteResponse',
    summary: 'Delete a kept response',
    description: 'It can be gone on from no more.',
    answers: [json('ResponseDeleted', z.looseObject({ id: text, deleted: z.literal(true) }), 'It is gone.')],
  },
  {
    ...kept,
    method: 'get',
    path: '/v1/responses/{id}/input_items',
    id: 'listInputItems',
    summary: 'The input of a kept response',
    description: 'Its items, newest first.',
    answers: [
      json('ItemList', z.looseObject({ object: z.literal('list'), data: z.array(z.looseObject({})) }), 'The items.'),
    ],
  },
  {
    ...{ tag: 'Gateway', access: 'key', method: 'get', path: '/v1/models', id: 'listModels' },
    summary: 'List models',
    description: 'What your accounts offer this key, in one body for the OpenAI SDKs and the Codex CLI.',
    answers: [
      json(
        'ModelList',
        z.looseObject({ object: z.literal('list'), data: z.array(z.looseObject({ id: text })) }),
        'The models.',
      ),
    ],
  },
  {
    ...{ tag: 'Gateway', access: 'key', method: 'get', path: '/v1/models/{id}', id: 'getModel' },
    params: { id: 'gpt-5.5' },
    summary: 'One model',
    description: 'Whether some account offers it.',
    answers: [json('Model', z.looseObject({ id: text, object: z.literal('model') }), 'The model.')],
  },
  {
    ...calls,
    method: 'post',
    path: '/v1/embeddings',
    id: 'createEmbedding',
    summary: 'Embeddings',
    description:
      'Passed to an account with an API key, bytes as they are, where there is one. So are images, audio, files and batches.',
    body: {
      name: 'EmbeddingRequest',
      schema: z.looseObject({ model: text, input: z.union([text, z.array(text)]) }),
      example: { model: 'text-embedding-3-small', input: 'hello' },
    },
    answers: [json('Embeddings', z.looseObject({ object: z.literal('list') }), 'The embeddings.')],
  },
  ...(['/backend-api/wham/usage', '/api/codex/usage'] as const).map(
    (path, index): Operation => ({
      ...{ tag: 'Codex', access: 'key', method: 'get', path, id: index === 0 ? 'getPoolUsage' : 'getPoolUsageShort' },
      summary: 'The pool’s quota as one account',
      description: 'For the Codex CLI, which shows it.',
      answers: [json('PoolUsage', z.looseObject({}), 'Pooled windows.')],
    }),
  ),
  ...(['/backend-api/wham/accounts/check', '/api/codex/accounts/check'] as const).map(
    (path, index): Operation => ({
      ...{ tag: 'Codex', access: 'key', method: 'get', path, id: index === 0 ? 'checkPool' : 'checkPoolShort' },
      summary: 'The pool as one account',
      description: 'For the Codex CLI, which asks it at its start.',
      answers: [json('PoolCheck', z.looseObject({}), 'One account.')],
    }),
  ),
];
