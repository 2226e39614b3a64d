/**
 * Takes out of a continuation what it repeats of the text that it continues. A model that is asked to go on often begins with
 * the words it had stopped in, or with the whole answer. Text that repeats itself by nature (tables, lists, code, "ha ha") must
 * not lose a piece for it, so an overlap counts only where the repeat is the likelier reading; see `isRepeat`.
 */
export interface OverlapCutter {
  /** What of the continuation so far is new and can be sent; '' as long as that cannot be said. */
  push(piece: string): string;
  /** The continuation is over: what was held back and is new. */
  end(): string;
  /** Nothing is held back any more. */
  decided(): boolean;
}

/** A repeat of the end is looked for in this many characters; a repeat of the whole text has no bound of its own. */
const WINDOW = 2_048;
/** So many bytes twice in a row, at the very point of a cut, are no coincidence. */
const LONG_BYTES = 16;
/** So many words twice in a row are none either. */
const MANY_WORDS = 3;
/** A text that is begun anew from its first character is recognised earlier. */
const WHOLE_CHARACTERS = 8;
/** A word that is begun anew inside the word that was cut. */
const WORD_CHARACTERS = 3;
/** By this much context a text is known to have come to the same point before. */
const CONTEXT = 8;

export function createOverlapCutter(sent: string): OverlapCutter {
  const windowStart = Math.max(0, sent.length - WINDOW);
  /** Where in `sent` a repeat may have begun: the places from which all that came so far reads the same. */
  let starts: readonly number[] | null = null;
  /** Lengths of overlaps that reach the end of `sent`. */
  const overlaps: number[] = [];
  let held = '';
  let decided = sent === '';

  const narrow = (from: number): void => {
    let alive = starts ?? candidates();
    for (let at = from; at < held.length && alive.length > 0; at += 1) {
      const unit = held.charCodeAt(at);
      alive = alive.filter((start) => start + at < sent.length && sent.charCodeAt(start + at) === unit);
      for (const start of alive) if (start + at + 1 === sent.length) overlaps.push(at + 1);
    }
    starts = alive.filter((start) => start + held.length < sent.length);
  };

  const candidates = (): number[] => {
    const all = windowStart === 0 ? [] : [0];
    const first = held.charCodeAt(0);
    for (let at = windowStart; at < sent.length; at += 1) if (sent.charCodeAt(at) === first) all.push(at);
    return all;
  };

  const release = (natural: boolean): string => {
    decided = true;
    const cut = natural ? undefined : overlaps.findLast((length) => isRepeat(sent, length));
    const fresh = held.slice(cut ?? 0);
    held = '';
    starts = null;
    return fresh;
  };

  return {
    push(piece) {
      if (decided || piece === '') return piece;
      const from = held.length;
      held += piece;
      narrow(from);
      const maybeRepeat = starts !== null && starts.length > 0;
      if (!maybeRepeat && overlaps.length === 0) return release(true);
      if (held.length < CONTEXT) return '';
      if (from < CONTEXT && cameHereBefore(sent, held)) return release(true);
      return maybeRepeat ? '' : release(false);
    },
    end: () => (decided ? '' : release(cameHereBefore(sent, held))),
    decided: () => decided,
  };
}

/** Whether `sent` has come to the point where it ends before, and went on there as the continuation does: then it is natural. */
function cameHereBefore(sent: string, continuation: string): boolean {
  if (sent.length <= CONTEXT || continuation === '') return false;
  const context = sent.slice(-CONTEXT);
  for (let at = sent.lastIndexOf(context, sent.length - CONTEXT - 1); at !== -1; at = before(sent, context, at)) {
    const followed = sent.slice(at + CONTEXT, at + 2 * CONTEXT);
    if (continuation.startsWith(followed) || followed.startsWith(continuation)) return true;
  }
  return false;
}

const before = (text: string, part: string, at: number): number => (at === 0 ? -1 : text.lastIndexOf(part, at - 1));

/** Whether the last `length` characters of `sent`, with which the continuation begins, are a repeat and not new text. */
function isRepeat(sent: string, length: number): boolean {
  const start = sent.length - length;
  const repeated = sent.slice(start);
  if (Buffer.byteLength(repeated) >= LONG_BYTES) return true;
  if (start === 0 && length >= WHOLE_CHARACTERS) return true;
  const first = repeated.charAt(0);
  if (wordUnit.test(first) && wordUnit.test(sent.charAt(start - 1))) return false;
  if ((repeated.match(word)?.length ?? 0) >= MANY_WORDS) return true;
  // Cut inside or right after a word, and the word comes again without a space before it: "Hello wor" + "world".
  return length >= WORD_CHARACTERS && letter.test(first) && letter.test(repeated.at(-1) ?? '');
}

const letter = /\p{L}/u;
const wordUnit = /[\p{L}\p{N}_]/u;
const word = /[\p{N}_]*\p{L}[\p{L}\p{N}_]*/gu;
