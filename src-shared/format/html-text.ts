/** `text` as it may stand in HTML, between tags and in a quoted attribute alike. */
export const htmlText = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
