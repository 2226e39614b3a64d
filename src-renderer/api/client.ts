import type { z } from 'zod';
import { errorBodySchema } from '../../src-shared/contract/error.ts';

/** A refusal of Relay's API: its message is a sentence for the person at the screen. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string | null;
  readonly param: string | null;

  constructor(status: number, message: string, code: string | null, param: string | null) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.param = param;
  }
}

interface Ask {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  body?: object;
  /** Refused with 412 where the thing has another tag now. */
  ifMatch?: string | null;
  signal?: AbortSignal;
}

/** Asks the API and reads the answer by its contract. Throws ApiError; status 0 where Relay did not answer. */
export async function ask<Schema extends z.ZodType>(schema: Schema, path: string, request: Ask = {}) {
  return (await askTagged(schema, path, request)).data;
}

/** The same, with the tag under which it was answered; `null` where it has none. */
export async function askTagged<Schema extends z.ZodType>(schema: Schema, path: string, request: Ask = {}) {
  const response = await send(path, request);
  const result = schema.safeParse(await response.json().catch(() => null));
  if (!result.success) {
    const message = 'Relay answered in a form that this page does not know. Reload it: Relay may have been updated.';
    throw new ApiError(response.status, message, null, null);
  }
  return { data: result.data, tag: response.headers.get('etag') };
}

/** For answers without a body. */
export async function send(
  path: string,
  { method = 'GET', body, signal, ifMatch = null }: Ask = {},
): Promise<Response> {
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    redirect: 'error',
    ...(signal === undefined ? {} : { signal }),
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(ifMatch === null ? {} : { 'if-match': ifMatch }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'Relay does not answer. Is it running? Start it with: relay serve', null, null);
  });
  if (response.ok) return response;
  throw await readRefusal(response);
}

export async function readRefusal(response: Response): Promise<ApiError> {
  const refusal = errorBodySchema.safeParse(await response.json().catch(() => null)).data?.error;
  const message = refusal?.message ?? `Relay answered ${response.status} without a reason.`;
  return new ApiError(response.status, message, refusal?.code ?? null, refusal?.param ?? null);
}

/** What to show a person, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof ApiError ? error.message : 'Something went wrong in this page. Reload it.';
}
