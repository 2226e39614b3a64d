import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Account } from './account.ts';

/** The named accounts first, all others behind them in the order they had. Throws `invalid_value` where one is named twice. */
export function orderedBy(accounts: readonly Account[], first: readonly Account[]): Account[] {
  const named = new Set(first);
  const twice = first.find((account, index) => first.indexOf(account) !== index);
  if (twice !== undefined) {
    throw new RelayError('invalid_value', { message: `The account ${twice.label} is named twice.`, param: 'ids' });
  }
  return [...first, ...accounts.filter((account) => !named.has(account))];
}

/** `account` taken out of its place and put directly before or behind `target`; next to itself it stays where it is. */
export function orderWithMoved(
  accounts: readonly Account[],
  account: Account,
  target: Account,
  where: 'before' | 'after',
): Account[] {
  if (account === target) return [...accounts];
  const rest = accounts.filter((each) => each !== account);
  const at = rest.indexOf(target) + (where === 'before' ? 0 : 1);
  return [...rest.slice(0, at), account, ...rest.slice(at)];
}
