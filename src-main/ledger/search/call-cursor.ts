import { RelayError } from '../../../src-shared/domain/relay-error.ts';

/** A place in the list of calls. */
export interface CallCursor {
  readonly startedAt: number;
  readonly id: string;
}

export const cursorOf = ({ startedAt, id }: CallCursor): string => `${startedAt}:${id}`;

/** Throws `invalid_value` for what is no cursor of Relay's. */
export function readCursor(text: string | undefined): CallCursor | null {
  if (text === undefined) return null;
  const match = /^(\d{1,16}):(.{1,200})$/s.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new RelayError('invalid_value', {
      message: 'This cursor is not one that Relay gave out. Ask for the first page again.',
      param: 'cursor',
    });
  }
  return { startedAt: Number(match[1]), id: match[2] };
}

/** Negative where `a` comes first: newest first, and by id where two calls began in the same millisecond. */
export function compareCalls(a: CallCursor, b: CallCursor): number {
  if (a.startedAt !== b.startedAt) return b.startedAt - a.startedAt;
  return a.id === b.id ? 0 : a.id < b.id ? 1 : -1;
}
