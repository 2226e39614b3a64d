import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { type JsonObject, parseObject } from '../protocol/json-object.ts';
import { type JsonRange, scanJson, scanRange } from '../protocol/json-scan.ts';

/** A request's bytes with the ranges of its top-level members: peeked at first, parsed only where it must be understood. */
export interface RequestBody {
  readonly bytes: Buffer;
  readonly members: readonly JsonRange[];
  readonly hasDuplicates: boolean;
  has(name: string): boolean;
  /** The raw JSON of a member; the last one where a name stands twice (FAULTS C-07). */
  raw(name: string): Buffer | null;
  /** Where the elements of a member are in its bytes, looked for once; none where it is no array. */
  elements(name: string): readonly JsonRange[];
  /** One small member, parsed. `undefined` where it is absent. */
  value(name: string): unknown;
  /** The whole body, parsed once. */
  parsed(): JsonObject;
}

/** What no honest request reaches (FAULTS C-08): OpenAI itself takes schemas of 5,000 properties at most. */
export const requestSizes = { maxRootMembers: 1_000, maxMembers: 5_000, maxElements: 100_000 };

/** Throws `invalid_json` or `invalid_type`. */
export async function openBody(bytes: Buffer, maxDepth: number): Promise<RequestBody> {
  const scanned = await scanJson(bytes, { maxDepth, ...requestSizes });
  if (scanned.root !== 'object') {
    throw new RelayError('invalid_type', { message: 'The request body must be a JSON object.' });
  }
  const { ranges } = scanned;
  const last = new Map(ranges.map((range) => [range.key, range]));
  let parsed: JsonObject | null = null;
  let elements: Map<string, readonly JsonRange[]> | null = null;
  const raw = (name: string): Buffer | null => {
    const range = last.get(name);
    return range === undefined ? null : bytes.subarray(range.valueStart, range.end);
  };
  return {
    bytes,
    members: ranges,
    hasDuplicates: last.size < ranges.length,
    has: (name) => last.has(name),
    raw,
    elements(name) {
      elements ??= new Map();
      const known = elements.get(name);
      if (known !== undefined) return known;
      const value = raw(name);
      const found = value?.[0] === 0x5b ? scanRange(value, 0, value.length).ranges : [];
      elements.set(name, found);
      return found;
    },
    value(name) {
      const value = raw(name);
      return value === null ? undefined : parseMember(value);
    },
    parsed() {
      parsed ??= parseObject(bytes.toString('utf8'));
      if (parsed === null) throw new RelayError('invalid_json');
      return parsed;
    },
  };
}

function parseMember(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new RelayError('invalid_json');
  }
}
