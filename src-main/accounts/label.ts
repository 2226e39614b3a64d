import { createHash } from 'node:crypto';
import type { Account } from './account.ts';
import { bearerOf } from './account-secret.ts';
import type { Login } from './login.ts';

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

/** A login's own name: its mail, and beside that what tells it from other accounts of the same mail, if anything does. */
export function loginLabel(login: Login, others: readonly Account[]): string {
  const { email, plan, accountId } = login;
  if (email === null) return `ChatGPT ${digestOf(bearerOf(login.secret))}`;
  const alike = others.filter((account) => account.email === email);
  if (alike.length === 0) return email;
  if (plan !== null && alike.every((account) => account.plan !== plan)) return `${email} (${plan})`;
  const isOwnWorkspace = accountId !== null && alike.every((account) => account.upstreamAccountId !== accountId);
  return isOwnWorkspace ? `${email} (workspace ${accountId.slice(0, 8)})` : email;
}

/** A login that says no mail gets a name that is not its secret. */
const digestOf = (bearer: string): string => createHash('sha256').update(bearer).digest('hex').slice(0, 4);
