import express, { type RequestHandler } from 'express';
import { RelayError } from '../../src-shared/domain/relay-error.ts';

/** Reads a JSON body of at most `limitBytes`. Any other media type is refused, which also ends form posts (FAULTS B-04). */
export function readJsonBody(limitBytes: number): RequestHandler[] {
  return [requireJson, express.json({ limit: limitBytes, inflate: false, type: () => true })];
}

const requireJson: RequestHandler = (request, _response, next) => {
  const mediaType = (request.headers['content-type'] ?? '').split(';', 1)[0] ?? '';
  if (mediaType.trim().toLowerCase() !== 'application/json') throw new RelayError('unsupported_media_type');
  next();
};

/** The same where a request may also have no body at all; `request.body` is undefined then. */
export function readOptionalJson(limitBytes: number): RequestHandler[] {
  return readJsonBody(limitBytes).map((handler) => (request, response, next) => {
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
    const isEmpty = coding === undefined && (length === undefined || length === '0');
    return isEmpty ? next() : handler(request, response, next);
  });
}
