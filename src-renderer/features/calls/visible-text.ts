/** Control characters but for line ends and tabs, and marks that turn or hide text (FAULTS B-06; Unicode TR 36). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Text with what could hide or turn it written out, such as `⟨U+202E⟩`. */
export const visibleText = (text: string): string =>
  text.replace(hidden, (character) => `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`);

/** JSON whose hidden characters are escaped: the same value, and visible. */
export const visibleJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).replace(
    hidden,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
