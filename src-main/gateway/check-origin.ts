import type { IncomingMessage } from 'node:http';
import { isOwnOrigin } from '../../src-shared/domain/own-origin.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';

/** A page of another site may not use Relay, whatever key it has; desktop and editor clients have origins of their own schemes. */
export function checkOrigin({ headers: { origin, host } }: Pick<IncomingMessage, 'headers'>): void {
  if (origin === undefined) return;
  const isPage = origin === 'null' || /^https?:\/\//i.test(origin);
  if (isPage && !isOwnOrigin(origin, host)) throw new RelayError('forbidden_origin');
}
