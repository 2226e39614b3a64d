import { isObject, type JsonObject } from './json-object.ts';

/** A request that the simulated service refuses; the endpoint turns it into an HTTP reply or a WebSocket error frame. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: JsonObject, headers: Readonly<Record<string, string>> = {}) {
    super(`refused with status ${status}`);
    this.name = 'Refusal';
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** The body shape of the ChatGPT edge (PROTOCOL 2.7). */
export const detailRefusal = (status: number, detail: string): Refusal => new Refusal(status, { detail });

/** The body shape of the OpenAI API. */
export function errorRefusal(
  status: number,
  code: string | null,
  message: string,
  param: string | null = null,
  headers: Readonly<Record<string, string>> = {},
): Refusal {
  return new Refusal(status, { error: { message, type: 'invalid_request_error', param, code } }, headers);
}

export const invalidValue = (param: string, message: string): Refusal =>
  errorRefusal(400, 'invalid_value', message, param);

export const missingParameter = (param: string): Refusal =>
  errorRefusal(400, 'missing_required_parameter', `Missing required parameter: '${param}'.`, param);

/** The error frame that the WebSocket surface sends in place of an HTTP reply (PROTOCOL 4.4). */
export function errorFrame(status: number, body: unknown, headers: Readonly<Record<string, unknown>> = {}): JsonObject {
  const given = isObject(body) ? body : { detail: String(body) };
  const error = isObject(given['error'])
    ? given['error']
    : { type: 'invalid_request_error', code: null, message: String(given['detail'] ?? ''), param: null };
  const frame: JsonObject = { type: 'error', status, error };
  return Object.keys(headers).length === 0 ? frame : { ...frame, headers };
}
