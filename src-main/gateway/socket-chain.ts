import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { type JsonRange, memberBytes, scanJson, scanRange } from '../protocol/json-scan.ts';
import { joinArray, spliceObject } from '../protocol/json-splice.ts';
import { requestSizes } from './request-body.ts';
import { socketHeaders } from './socket-headers.ts';

/**
 * The `previous_response_id` chain of one WebSocket (PROTOCOL 4.3): the backend remembers responses per connection, Relay sends
 * each call to whichever account is best, so it keeps the items itself, as bytes, and always sends the whole input. A response that the
 * connection does not know may be one that was kept for its key.
 */
export interface SocketChain {
  /** Reads a `response.create` frame. Throws `previous_response_not_found`, `invalid_json`, `invalid_type`, `invalid_value`. */
  open(frame: Buffer): Promise<SocketTurn>;
}

export interface SocketTurn {
  /** `generate: false`: the client warms the connection up; nothing is generated and no call is counted. */
  readonly prewarm: boolean;
  /** The frame as the body of an HTTP request: the whole input, without the envelope of the socket. */
  readonly body: Buffer;
  /** What came in `client_metadata` where HTTP has headers for it. */
  readonly headers: Readonly<Record<string, string>>;
  /** For the items that came from a kept response: the account that knows them by their ids, or `null` where none does. */
  readonly knownAt: ReadonlyMap<string, string | null>;
  /** An item of the answer, in order. */
  add(item: Buffer): void;
  /** The answer is complete: later frames may build on it. */
  close(responseId: string): void;
}

/** Only the newest ids can be built on; a client never goes further back. */
const KEPT_RESPONSES = 4;
const envelope = new Set(['type', 'generate', 'previous_response_id']);

/** The items of a kept response and of all before it; `null` where it is not known. Notes who knows them in `knownAt`. */
export type Recall = (id: string, knownAt: Map<string, string | null>) => Promise<readonly Buffer[] | null>;

export function createSocketChain(maxDepth: number, recall: Recall): SocketChain {
  const kept = new Map<string, readonly Buffer[]>();
  const knownAt = new Map<string, string | null>();

  return {
    async open(frame) {
      const { root, ranges: members } = await scanJson(frame, { maxDepth, ...requestSizes });
      if (root !== 'object') throw new RelayError('invalid_type');
      const value = (name: string): unknown => parse(frame, members, name);
      checkType(value('type'));
      const previous = value('previous_response_id');
      const before = typeof previous === 'string' ? (kept.get(previous) ?? (await recall(previous, knownAt))) : [];
      if (before === null) {
        throw new RelayError('previous_response_not_found', {
          message: 'Previous response with id not found.',
          param: 'previous_response_id',
        });
      }
      const items = [...before, ...elements(frame, members)];
      const set = new Map([
        ['input', joinArray(items)],
        ['stream', Buffer.from('true')],
        ['store', Buffer.from('false')],
      ]);
      return {
        prewarm: value('generate') === false,
        body: spliceObject(frame, members, { remove: envelope, set }),
        headers: socketHeaders(value('client_metadata')),
        knownAt,
        add: (item) => void items.push(Buffer.from(item)),
        close(responseId) {
          kept.delete(responseId);
          kept.set(responseId, items);
          if (kept.size > KEPT_RESPONSES) kept.delete(kept.keys().next().value!);
        },
      };
    },
  };
}

/** There is no other message of a client (PROTOCOL 4.3). */
function checkType(type: unknown): void {
  if (type === 'response.create') return;
  throw new RelayError(type === undefined || typeof type === 'string' ? 'invalid_value' : 'invalid_type', {
    message: 'The "type" of a message on this WebSocket must be "response.create".',
    param: 'type',
  });
}

function parse(frame: Buffer, members: readonly JsonRange[], name: string): unknown {
  const value = memberBytes(frame, members, name);
  return value === null ? undefined : JSON.parse(value.toString('utf8'));
}

/** Copies: the frame's own buffer is large and would be held by a few items of it. */
function elements(frame: Buffer, members: readonly JsonRange[]): Buffer[] {
  const input = memberBytes(frame, members, 'input');
  if (input === null) return [];
  const { root, ranges } = scanRange(input, 0, input.length);
  if (root !== 'array') throw new RelayError('invalid_type', { message: '"input" must be an array.', param: 'input' });
  return ranges.map(({ valueStart, end }) => Buffer.from(input.subarray(valueStart, end)));
}
