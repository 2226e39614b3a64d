/** A hit at the start of a word is worth as much as this many letters in a row. */
const wordStart = 3;

/**
 * How well `text` fits what was typed: every word of it must be there, in any order, its letters in this order but perhaps
 * with others between. Higher is better; `null` where it does not fit. Case and accents make no difference.
 */
export function fuzzyScore(typed: string, text: string): number | null {
  const letters = plain(text);
  let score = 0;
  for (const word of plain(typed).split(/\s+/)) {
    if (word === '') continue;
    const best = scoreOfWord(word, letters);
    if (best === null) return null;
    score += best;
  }
  return score - letters.length / 1_000;
}

const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** As one piece where it is, or else letter by letter, each as early as it can be. */
function scoreOfWord(word: string, letters: string): number | null {
  const whole = wholeAt(word, letters);
  if (whole !== null)
    return word.length * 2 + (isWordStart(letters, whole) ? wordStart * 2 : 0) + (whole === 0 ? 1 : 0);
  let score = 0;
  let last = -1;
  for (const letter of word) {
    const at = letters.indexOf(letter, last + 1);
    if (at === -1) return null;
    score += at === last + 1 ? 1 : isWordStart(letters, at) ? 1 : -(at - last) / 8;
    last = at;
  }
  // Letters that are strewn over the whole text are not what anyone means.
  return score < 0 ? null : score;
}

/** Rather at the start of a word than inside one. */
function wholeAt(word: string, letters: string): number | null {
  const first = letters.indexOf(word);
  if (first === -1) return null;
  for (let at = first; at !== -1; at = letters.indexOf(word, at + 1)) if (isWordStart(letters, at)) return at;
  return first;
}

const isWordStart = (letters: string, at: number): boolean => at === 0 || !/[\p{L}\p{N}]/u.test(letters[at - 1] ?? '');
