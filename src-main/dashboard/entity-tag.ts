import { createHash } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { RelayError } from '../../src-shared/domain/relay-error.ts';

/** The parts of a thing that a person sets, and not those that change by themselves. */
export type SettablePart<T> = (thing: T) => unknown;

const digest = (value: unknown): string =>
  createHash('sha256')
    .update(typeof value === 'string' ? value : JSON.stringify(value))
    .digest('base64url')
    .slice(0, 16);

/** Gives every JSON answer to a GET its ETag, and 304 to a reader that has it already. */
export const tagAnswers: RequestHandler = (request, response, next) => {
  if (request.method !== 'GET' && request.method !== 'HEAD') return next();
  response.json = (value: unknown) => {
    if (response.statusCode !== 200) return send(response, JSON.stringify(value));
    return answerTagged(request, response, JSON.stringify(value));
  };
  next();
};

/** The same for JSON that is text already. */
export function answerTagged(request: Request, response: Response, text: string): Response {
  if (!response.hasHeader('etag')) response.setHeader('etag', `"${digest(text)}"`);
  if (!isNamed(request.headers['if-none-match'], String(response.getHeader('etag')))) return send(response, text);
  response.status(304).end();
  return response;
}

function send(response: Response, text: string): Response {
  response.type('json').send(text);
  return response;
}

const isNamed = (header: string | undefined, tag: string): boolean =>
  header !== undefined && namesIn(header).some((name) => name === '*' || name.replace(/^W\//, '') === tag);

const namesIn = (header: string): string[] => header.split(',').map((name) => name.trim());

/**
 * ETags of single things: `"<what a person sets>.<all of it>"`. The whole changes with every figure, as a cache must have it;
 * `If-Match` goes by the first half alone, or nothing that is used could ever be changed.
 */
export function createEntityTags<T>(settable: SettablePart<T>) {
  const mark = (response: Response, thing: T): void => {
    response.setHeader('etag', `"${digest(settable(thing))}.${digest(thing)}"`);
  };
  return {
    /** Answers a thing under its tag. */
    answer(response: Response, thing: T): void {
      mark(response, thing);
      response.json(thing);
    },
    /** Sets the tag of a thing that is answered in another form. */
    mark,
    /** Throws `precondition_failed` where the request names another state than this. */
    check(request: Request<never> | Request, thing: T | undefined): void {
      const header = request.headers['if-match'];
      if (header === undefined) return;
      const current = thing === undefined ? null : digest(settable(thing));
      if (current !== null && namesIn(header).some((name) => name === '*' || name.startsWith(`"${current}.`))) return;
      throw new RelayError('precondition_failed');
    },
  };
}
