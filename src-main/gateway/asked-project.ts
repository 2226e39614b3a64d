import type { IncomingMessage } from 'node:http';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { decodedPart } from '../../src-shared/format/decoded-part.ts';

const prefix = /^\/p\/([^/?#]+)(?=\/)/;

/** A path without the project that stands before it: `/p/site/v1/responses` is `/v1/responses`. */
export const withoutProject = (path: string): string => path.replace(prefix, '');

/**
 * The project that a request is for: `/p/<project>/v1/...` for clients that only take a base URL, else `x-relay-project`.
 * `null` where it names none. Throws `invalid_value` for a name that cannot be one.
 */
export function askedProject({ url = '', headers }: IncomingMessage): string | null {
  const inPath = prefix.exec(url)?.[1];
  const header = headers['x-relay-project'];
  const given = inPath === undefined ? header : decodedPart(inPath);
  if (typeof given !== 'string' || given.trim() === '') return null;
  const name = given.trim();
  if (name.length <= 80 && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(name)) return name;
  throw new RelayError('invalid_value', {
    message: 'This is not the name of a project. Use at most 80 plain characters.',
  });
}
