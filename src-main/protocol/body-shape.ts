import type { JsonObject } from './json-object.ts';

const absent = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

/** Cursor posts Responses bodies to /chat/completions, sometimes with an empty `messages` beside (PROTOCOL 7.4, CLIENTS.md). */
export const isResponsesShaped = (body: JsonObject): boolean => !absent(body['input']) && absent(body['messages']);

/** The opposite: a Chat body on /responses. */
export const chatShapedOnResponses = (body: JsonObject): boolean =>
  Array.isArray(body['messages']) && body['messages'].length > 0 && absent(body['input']);
