import { createHash } from 'node:crypto';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { SecretStore } from './secret-store.ts';
import { createTurns } from './turns.ts';

/** The three calls of keytar that Relay makes. `findCredentials` can end the process and is not among them. */
export interface Keytar {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
}

/** Under this name the entries stand in the keychain. */
const SERVICE = 'Relay';
/** Windows caps a credential at 2,560 bytes; longer values are kept in pieces. */
const MAX_BYTES = 2_000;
const PIECES = 'relay-pieces:';

/** The operating system's keychain. */
export function createKeychainStore(keytar: Keytar, randomBytes: (size: number) => Buffer): SecretStore {
  const inTurn = createTurns();

  const erasePieces = async (name: string, index: PieceIndex | null): Promise<void> => {
    for (const piece of pieceNames(name, index)) await keytar.deletePassword(SERVICE, piece);
  };

  return {
    kind: 'keychain',
    describe: () => 'the keychain of the operating system',

    get: (name) =>
      inTurn(async () => {
        const head = await keytar.getPassword(SERVICE, name);
        if (head === null) return null;
        const index = readIndex(head);
        if (index === null) return head;
        const pieces: string[] = [];
        for (const piece of pieceNames(name, index)) {
          const text = await keytar.getPassword(SERVICE, piece);
          if (text === null) return null;
          pieces.push(text);
        }
        const value = Buffer.from(pieces.join(''), 'base64').toString('utf8');
        if (digestOf(value) !== index.digest) throw damaged();
        return value;
      }),

    set: (name, value) =>
      inTurn(async () => {
        const before = readIndex((await keytar.getPassword(SERVICE, name)) ?? '');
        if (Buffer.byteLength(value) <= MAX_BYTES && !value.startsWith(PIECES)) {
          await keytar.setPassword(SERVICE, name, value);
        } else {
          await setInPieces(name, value);
        }
        // Last, so that a crash at any point leaves either the old value whole or the new one.
        await erasePieces(name, before);
      }),

    delete: (name) =>
      inTurn(async () => {
        const before = readIndex((await keytar.getPassword(SERVICE, name)) ?? '');
        await keytar.deletePassword(SERVICE, name);
        await erasePieces(name, before);
      }),
  };

  async function setInPieces(name: string, value: string): Promise<void> {
    const encoded = Buffer.from(value, 'utf8').toString('base64');
    const index: PieceIndex = {
      generation: randomBytes(8).toString('hex'),
      count: Math.ceil(encoded.length / MAX_BYTES),
      digest: digestOf(value),
    };
    for (const [position, piece] of pieceNames(name, index).entries()) {
      await keytar.setPassword(SERVICE, piece, encoded.slice(position * MAX_BYTES, (position + 1) * MAX_BYTES));
    }
    await keytar.setPassword(SERVICE, name, `${PIECES}${index.generation}:${index.count}:${index.digest}`);
  }
}

/** What the entry of a long value holds: where its pieces are, and what they must add up to. */
interface PieceIndex {
  /** New with every write, so that the pieces of two values never mix. */
  readonly generation: string;
  readonly count: number;
  readonly digest: string;
}

function readIndex(head: string): PieceIndex | null {
  if (!head.startsWith(PIECES)) return null;
  const match = /^([0-9a-f]{16}):(\d{1,4}):([0-9a-f]{64})$/.exec(head.slice(PIECES.length));
  if (match === null) throw damaged();
  return { generation: match[1]!, count: Number(match[2]), digest: match[3]! };
}

const pieceNames = (name: string, index: PieceIndex | null): string[] =>
  index === null ? [] : Array.from({ length: index.count }, (_, at) => `${name}#${index.generation}.${at}`);

const digestOf = (value: string): string => createHash('sha256').update(value).digest('hex');

const damaged = (): RelayError =>
  new RelayError('storage_error', {
    message: 'An entry of Relay in the keychain is damaged. Remove the account that uses it and add it again.',
  });
