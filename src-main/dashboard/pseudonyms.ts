import { literalPattern } from '../log/literal-pattern.ts';
import { redact } from '../log/redact.ts';

/** What is called by several names: an account's label and id are one pseudonym. */
export interface KnownName {
  readonly kind: 'account' | 'key' | 'project' | 'member' | 'mail' | 'id' | 'host' | 'path';
  readonly words: readonly (string | null)[];
}

export interface Pseudonyms {
  /** A text without secrets, and with pseudonyms for all that names a person, an account, a machine or a thing of theirs. */
  text(text: string): string;
  /** The pseudonym of something that is a name as a whole. */
  name(kind: KnownName['kind'], word: string): string;
}

/** Words of this length are found within longer words as well; shorter ones stand alone, or no text could be read. */
const INSIDE = 4;

const patterns: readonly (readonly [KnownName['kind'], string])[] = [
  ['mail', '[\\p{L}\\p{N}._%+-]+@[\\p{L}\\p{N}-]+(?:\\.[\\p{L}\\p{N}-]+)+'],
  ['id', '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'],
  ['id', '(?<![\\p{L}\\p{N}])(?:[a-z]{2,12}[-_]){1,3}(?=[a-z]*\\d)[0-9a-z]{8,}(?:[-_][0-9a-z]+)*(?![\\p{L}\\p{N}])'],
  ['id', '(?<![\\p{L}\\p{N}])[0-9a-f]{16,}(?![\\p{L}\\p{N}])'],
  ['host', '(?<=[a-z]:\\/\\/(?:[^\\s/"\'@]*@)?)[^\\s/"\'\\\\<>:@?#)\\]]+'],
  ['host', '(?<![\\p{L}\\p{N}.])\\d{1,3}(?:\\.\\d{1,3}){3}(?![\\p{L}\\p{N}]|\\.\\d)'],
  ['host', '(?<![\\p{L}\\p{N}:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\\p{L}\\p{N}:])'],
  [
    'host',
    '(?<![\\p{L}\\p{N}:])(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?(?![\\p{L}\\p{N}:])',
  ],
  ['path', '(?<=[/\\\\](?:home|Users)[/\\\\]{1,2})[^\\s/\\\\"\':]+'],
];

/** Everybody's, and what is wrong with a call may depend on them. */
const open = /^(?:localhost|127\.0\.0\.1|::1?|0\.0\.0\.0|(?:[\w-]+\.)*(?:openai|chatgpt)\.com|(?:[\w-]+\.)*invalid)$/i;

/** The same word is the same pseudonym everywhere, whatever its case; numbers say in which order they were met. */
export function createPseudonyms(known: readonly KnownName[]): Pseudonyms {
  const owners = new Map<string, string>();
  const kinds = new Map<string, KnownName['kind']>();
  for (const [index, { kind, words }] of known.entries()) {
    for (const word of words) {
      if (word === null || word.trim() === '' || owners.has(fold(word))) continue;
      owners.set(fold(word), `${kind} ${index}`);
      kinds.set(fold(word), kind);
    }
  }
  const words = [...owners.keys()].sort((a, b) => b.length - a.length);
  const sources = [
    ...(words.length === 0 ? [] : [`(?<known>${words.map(source).join('|')})`]),
    ...patterns.map(([, pattern], index) => `(?<p${index}>${pattern})`),
  ];
  const all = new RegExp(sources.join('|'), 'giu');
  const given = new Map<string, string>();
  const counts = new Map<string, number>();

  const name = (kind: KnownName['kind'], word: string): string => {
    const owner = owners.get(fold(word));
    const as = kinds.get(fold(word)) ?? kind;
    if (owner === undefined && kind === 'host' && open.test(word)) return word;
    const identity = owner ?? `${kind}: ${fold(word)}`;
    let pseudonym = given.get(identity);
    if (pseudonym === undefined) {
      const number = (counts.get(as) ?? 0) + 1;
      counts.set(as, number);
      pseudonym = `${as}-${number}`;
      given.set(identity, pseudonym);
    }
    return pseudonym;
  };

  return {
    name,
    text: (text) =>
      redact(text).replace(all, (...args) => {
        const match = String(args[0]);
        const groups: Record<string, string | undefined> = args.at(-1);
        if (groups['known'] !== undefined) return name('id', match);
        const index = patterns.findIndex((_, at) => groups[`p${at}`] !== undefined);
        return name(patterns[index]?.[0] ?? 'id', match);
      }),
  };
}

const fold = (word: string): string => word.toLowerCase();

function source(word: string): string {
  const literal = literalPattern(word);
  return [...word].length >= INSIDE ? literal : `(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`;
}
