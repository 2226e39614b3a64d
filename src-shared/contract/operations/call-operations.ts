import { z } from 'zod';
import { callDetailSchema, callListSchema, callQuerySchema } from '../call.ts';
import { callBodiesSchema, keptBodiesSchema } from '../call-bodies.ts';
import { done, json, type Operation } from '../operation.ts';
import { usageQuerySchema, usageSchema } from '../usage.ts';

const calls = { tag: 'Calls', access: 'api' } as const;
const oneCall = { ...calls, params: { id: 'call_7b1f0d5e4c' } } as const;
const bodies = { ...calls, tag: 'Kept bodies' } as const;
const usage = {
  tag: 'Usage',
  access: 'api',
  method: 'get',
  query: { schema: usageQuerySchema, example: { grain: 'hour', by: 'model' } },
} as const;

export const callOperations: readonly Operation[] = [
  {
    ...calls,
    method: 'get',
    path: '/api/calls',
    id: 'listCalls',
    summary: 'List calls',
    description: 'The call log, newest first, page by page. No prompt, no header and no secret is in it.',
    query: { schema: callQuerySchema, example: { limit: 20, status: 'error' } },
    answers: [json('CallList', callListSchema, 'A page of calls.')],
    etag: 'read',
  },
  {
    ...oneCall,
    method: 'get',
    path: '/api/calls/{id}',
    id: 'getCall',
    summary: 'One call',
    description: 'With its attempts, and why each of them went where it went.',
    answers: [json('CallDetail', callDetailSchema, 'The call.')],
    etag: 'read',
  },
  {
    ...bodies,
    ...{ params: oneCall.params, method: 'get', path: '/api/calls/{id}/bodies', id: 'getCallBodies' },
    summary: 'What is kept of a call’s bodies',
    description: 'Prompts and answers, only of keys that ask for it, and only for a while.',
    answers: [json('CallBodies', callBodiesSchema, 'The bodies, without secrets.')],
    etag: 'read',
  },
  {
    ...bodies,
    ...{ params: oneCall.params, method: 'delete', path: '/api/calls/{id}/bodies', id: 'eraseCallBodies' },
    summary: 'Erase a call’s bodies',
    description: 'The call itself stays in the log.',
    answers: [done('They are gone.')],
  },
  {
    ...bodies,
    ...{ method: 'get', path: '/api/bodies', id: 'getKeptBodies' },
    summary: 'How much is kept of bodies',
    description: 'All captured bodies together.',
    answers: [json('KeptBodies', keptBodiesSchema, 'Their number and size.')],
    etag: 'read',
  },
  {
    ...bodies,
    ...{ method: 'delete', path: '/api/bodies', id: 'eraseBodies' },
    summary: 'Erase all kept bodies',
    description: 'The calls themselves stay in the log.',
    answers: [json('BodiesErased', z.object({ erased: z.number().int() }), 'How many were erased.')],
  },
  {
    ...usage,
    path: '/api/usage',
    id: 'getUsage',
    summary: 'Usage',
    description:
      'Calls, tokens, cost, latency and errors over any window and grain, in groups by one or two dimensions. Unknown usage is counted apart, never as 0.',
    answers: [json('Usage', usageSchema, 'Sums, a series and groups.')],
    etag: 'read',
  },
  {
    ...usage,
    path: '/api/usage/export.csv',
    id: 'exportUsageCsv',
    summary: 'Usage as CSV',
    description: 'The same figures as a file. No cell can be taken for a formula.',
    answers: [{ status: 200, description: 'A CSV file.', media: 'text/csv' }],
  },
  {
    ...usage,
    path: '/api/usage/export.json',
    id: 'exportUsageJson',
    summary: 'Usage as a JSON file',
    description: 'The same as GET /api/usage, for download.',
    answers: [json('Usage', usageSchema, 'Sums, a series and groups.')],
  },
];
