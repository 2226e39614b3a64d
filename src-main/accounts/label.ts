import type { Account } from './account.ts';

const MAX_LABEL = 80;

/** One line, without characters that could steer a terminal or end a header. */
export const cleanLabel = (label: string): string =>
  label
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ')
    .trim()
    .slice(0, MAX_LABEL);

/** The label, or the label with the first number that makes it the only one. */
export function freeLabel(label: string, others: readonly Account[]): string {
  const wanted = label === '' ? 'Account' : label;
  const taken = new Set(others.map((account) => account.label));
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? wanted : `${wanted} ${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}
