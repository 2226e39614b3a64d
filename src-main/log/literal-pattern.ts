/** The source of a regular expression that finds this text and nothing else, with the flag `u` and without. */
export const literalPattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
