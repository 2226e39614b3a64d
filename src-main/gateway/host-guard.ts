import type { NextFunction, Request, Response } from 'express';
import { RelayError } from '../../src-shared/domain/relay-error.ts';

/**
 * Lets only requests through that were meant for Relay: the names of this machine, or those the person added.
 * This alone ends DNS rebinding (FAULTS 1.4, B-01), so it stands before every route, static files and OPTIONS included.
 */
export function createHostGuard(port: () => number, allowed: () => readonly string[]) {
  return (request: Request, _response: Response, next: NextFunction): void => {
    if (isAllowedHost(request.headers.host, port(), allowed())) return next();
    next(new RelayError('forbidden_host'));
  };
}

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

export function isAllowedHost(host: string | undefined, port: number, allowed: readonly string[]): boolean {
  if (host === undefined) return false;
  const match = /^(\[[0-9a-f:]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(host);
  if (match === null) return false;
  const name = match[1]!.toLowerCase();
  if (allowed.some((entry) => entry.toLowerCase() === name || entry.toLowerCase() === host.toLowerCase())) return true;
  return loopbackNames.has(name) && Number(match[2] ?? 80) === port;
}
