import {
  callDetailSchema,
  callFilterSchema,
  callListSchema,
  callQuerySchema,
  callValuesQuerySchema,
  callValuesSchema,
} from '../call.ts';
import { callBodiesSchema, erasedBodiesSchema, keptBodiesSchema } from '../call-bodies.ts';
import { failureListSchema, failureQuerySchema } from '../failure.ts';
import { done, json, type Operation } from '../operation.ts';
import {
  usageExportQuerySchema,
  usageHoursQuerySchema,
  usageHoursSchema,
  usageQuerySchema,
  usageSchema,
} from '../usage.ts';

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
    description:
      'The call log, newest first, page by page; all filters that are given must fit. A page that ends before it is full says how far it looked. No prompt, no header and no secret is in it.',
    query: { schema: callQuerySchema, example: { limit: 20, status: 'error' } },
    answers: [json('CallList', callListSchema, 'A page of calls.')],
    etag: 'read',
  },
  {
    ...calls,
    ...{ method: 'get', path: '/api/calls/values', id: 'listCallValues' },
    summary: 'Values to filter calls by',
    description: 'What calls of a window have in one field, the latest seen first.',
    query: { schema: callValuesQuerySchema, example: { field: 'client' } },
    answers: [json('CallValues', callValuesSchema, 'Values, with the names that people gave them.')],
    etag: 'read',
  },
  {
    ...calls,
    ...{ method: 'get', path: '/api/calls/export.csv', id: 'exportCallsCsv' },
    summary: 'Calls as CSV',
    description: 'All calls of a filter, newest first. No cell can be taken for a formula.',
    query: { schema: callFilterSchema, example: { status: 'error' } },
    answers: [{ status: 200, description: 'A CSV file.', media: 'text/csv' }],
  },
  {
    ...calls,
    ...{ method: 'get', path: '/api/calls/export.jsonl', id: 'exportCallsJson' },
    summary: 'Calls as JSON lines',
    description: 'All calls of a filter, newest first, one object a line.',
    query: { schema: callFilterSchema, example: { status: 'error' } },
    answers: [{ status: 200, description: 'One call a line.', media: 'application/jsonl' }],
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
    answers: [json('BodiesErased', erasedBodiesSchema, 'How many were erased.')],
  },
  {
    ...calls,
    ...{ tag: 'Errors', method: 'get', path: '/api/errors', id: 'listErrors' },
    summary: 'Errors by cause',
    description:
      'Every failure of a window by phase, code, HTTP status and kind of upstream. What clients saw is counted apart from failed attempts that another one made good. The calls of one: GET /api/calls?cause={id}.',
    query: { schema: failureQuerySchema, example: { points: 24 } },
    answers: [json('ErrorList', failureListSchema, 'Causes, those that clients saw most first.')],
    etag: 'read',
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
    ...{ path: '/api/usage/hours', id: 'getUsageHours' },
    summary: 'Usage by hour of the week',
    description: 'The sums of a window for each of the 168 hours of a week, as the clock on the wall shows them.',
    query: { schema: usageHoursQuerySchema, example: { model: 'gpt-5.5' } },
    answers: [json('UsageHours', usageHoursSchema, 'The hours, from Monday’s first.')],
    etag: 'read',
  },
  {
    ...usage,
    path: '/api/usage/export.csv',
    id: 'exportUsageCsv',
    summary: 'Usage as CSV',
    description:
      'The same figures as a file, every group with its series, up to 50,000 rows. No cell can be taken for a formula.',
    query: { schema: usageExportQuerySchema, example: { grain: 'hour', by: 'model' } },
    answers: [{ status: 200, description: 'A CSV file.', media: 'text/csv' }],
  },
  {
    ...usage,
    path: '/api/usage/export.json',
    id: 'exportUsageJson',
    summary: 'Usage as a JSON file',
    description: 'The same as GET /api/usage, for download, every group with its series.',
    query: { schema: usageExportQuerySchema, example: { grain: 'hour', by: 'model' } },
    answers: [json('Usage', usageSchema, 'Sums, a series and groups.')],
  },
];
