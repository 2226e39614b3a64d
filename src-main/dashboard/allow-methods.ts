import type { RequestHandler } from 'express';
import { RelayError } from '../../src-shared/domain/relay-error.ts';

/** Ends a route: any method that came this far is not one of those it takes. */
export function allowMethods(...methods: string[]): RequestHandler {
  const allow = methods.join(', ');
  return (_request, response) => {
    response.setHeader('allow', allow);
    throw new RelayError('method_not_allowed', { message: `This path takes only ${methods.join(' and ')}.` });
  };
}
