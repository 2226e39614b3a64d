/**
 * One line of JSON Lines, with its end. Control and format characters (U+202E turns the text after it) are written as escapes, so
 * that a terminal or an editor does nothing but show them; read as JSON they are what they were (FAULTS B-06).
 */
export const jsonLine = (value: object): string =>
  `${JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (sign) => [...Array(sign.length).keys()].map((at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''))}\n`;
