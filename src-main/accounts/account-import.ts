import type { Actor } from '../../src-shared/contract/audit.ts';
import type { PortableAccount } from '../../src-shared/contract/portable.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { StagedChange } from '../ledger/staged-change.ts';
import type { Account } from './account.ts';
import { type AccountChange, updateAccount } from './account-rows.ts';
import type { Audit } from './audit.ts';
import { changesInWords } from './change-words.ts';
import { orderedBy } from './order.ts';

export interface StagedAccounts extends StagedChange {
  /** Labels of accounts that change, and of those that are not here. */
  readonly changed: readonly string[];
  readonly missing: readonly string[];
}

export const portableAccount = ({ label, kind, enabled, policy, maxConcurrency, color }: Account): PortableAccount => ({
  label,
  kind,
  enabled,
  policy,
  maxConcurrency,
  color,
});

/** What a person had set for accounts elsewhere, for the accounts of the same label and kind here; the order counts too. */
export function stageAccounts(
  wanted: readonly PortableAccount[],
  accounts: Account[],
  audit: Pick<Audit, 'statements'>,
  by: Actor,
): StagedAccounts {
  const found = wanted.map((given) => ({
    given,
    account: accounts.find(({ label, kind }) => label === given.label && kind === given.kind),
  }));
  const here = found.flatMap(({ account }) => account ?? []);
  if (new Set(here).size < here.length) {
    throw new RelayError('invalid_value', { message: 'The file holds an account twice.' });
  }
  const order = isInOrder(here, accounts) ? accounts : orderedBy(accounts, here);
  const changes = accounts.flatMap((account) => {
    const given = found.find((each) => each.account === account)?.given;
    const change = changeOf(account, given, order.indexOf(account) + 1, order !== accounts);
    return Object.keys(change).length === 0 ? [] : [{ account, change }];
  });
  return {
    changed: changes.map(({ account }) => account.label),
    missing: found.filter(({ account }) => account === undefined).map(({ given }) => given.label),
    statements: changes.flatMap(({ account, change }) => [
      updateAccount(account.id, change),
      ...audit.statements({ actor: by, what: 'changed', account, detail: inWords(account, change) }),
    ]),
    apply() {
      for (const { account, change } of changes) Object.assign(account, change);
      accounts.sort((a, b) => a.position - b.position);
    },
  };
}

const isInOrder = (wanted: readonly Account[], accounts: readonly Account[]): boolean =>
  wanted.every((account, index) => index === 0 || accounts.indexOf(wanted[index - 1]!) < accounts.indexOf(account));

function changeOf(
  account: Account,
  given: PortableAccount | undefined,
  position: number,
  moves: boolean,
): AccountChange {
  return {
    ...(moves && account.position !== position ? { position } : {}),
    ...(given === undefined || given.enabled === account.enabled ? {} : { enabled: given.enabled }),
    ...(given === undefined || given.policy === account.policy ? {} : { policy: given.policy }),
    ...(given === undefined || given.maxConcurrency === account.maxConcurrency
      ? {}
      : { maxConcurrency: given.maxConcurrency }),
    ...(given === undefined || given.color === account.color ? {} : { color: given.color }),
  };
}

function inWords(account: Account, change: AccountChange): string {
  const { enabled, position, policy, maxConcurrency, color } = change;
  const edit = {
    ...(policy === undefined ? {} : { policy }),
    ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
    ...(color === undefined ? {} : { color }),
  };
  return [
    'From an imported file.',
    changesInWords(account, edit),
    enabled === undefined ? null : enabled ? 'Switched on.' : 'Switched off.',
    position === undefined ? null : `Place ${position} in the order.`,
  ]
    .filter((sentence) => sentence !== null)
    .join(' ');
}
