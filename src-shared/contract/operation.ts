import type { z } from 'zod';

/** A schema under the name that it has in the OpenAPI document. */
export interface NamedSchema {
  readonly name: string;
  readonly schema: z.ZodType;
}

export interface OperationAnswer {
  readonly status: number;
  readonly description: string;
  /** JSON of this schema; without one, and without `media`, there is no body. */
  readonly json?: NamedSchema;
  /** Another media type than JSON, as text. */
  readonly media?: string;
}

/**
 * Who may ask: `api` the API token or a session, `key` a Relay key, `machine` anyone on this machine, `link` whoever has a
 * one-time token.
 */
export type OperationAccess = 'api' | 'key' | 'machine' | 'link';

/** One request that Relay answers, as a person reads of it and a script relies on it. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With its parameters in braces: `/api/keys/{id}`. */
  readonly path: string;
  /** `operationId`: a verb and its subject. */
  readonly id: string;
  readonly tag: string;
  /** A few words. */
  readonly summary: string;
  /** One sentence or two: what it does, and what is worth knowing. */
  readonly description: string;
  readonly access: OperationAccess;
  /** An example for each parameter of the path. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: { readonly schema: z.ZodObject; readonly example: Readonly<Record<string, string | number>> };
  readonly body?: NamedSchema & { readonly example: unknown; readonly optional?: true };
  /** The usual answer first. */
  readonly answers: readonly [OperationAnswer, ...OperationAnswer[]];
  /** Statuses of refusals besides those that every operation of its kind can have. */
  readonly errors?: readonly number[];
  /** Takes `If-None-Match` (304) or `If-Match` (412). */
  readonly etag?: 'read' | 'write';
  /** Takes `Idempotency-Key`: a repeat is answered as the first was, and does nothing more. */
  readonly idempotent?: true;
}

/** An answer in JSON. */
export const json = (name: string, schema: z.ZodType, description: string, status = 200): OperationAnswer => ({
  status,
  description,
  json: { name, schema },
});

/** An answer that says only that it is done. */
export const done = (description: string): OperationAnswer => ({ status: 204, description });
