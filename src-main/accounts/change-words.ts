import type { AccountPatch, AccountPolicy } from '../../src-shared/contract/account.ts';
import type { Actor } from '../../src-shared/contract/audit.ts';
import type { SecretsMoved } from '../../src-shared/contract/secrets.ts';
import type { Account } from './account.ts';
import type { AuditNote } from './audit.ts';

const policies: Readonly<Record<AccountPolicy, string>> = {
  'burn-first': 'use first',
  normal: 'normal',
  reserve: 'keep in reserve',
};

const calls = (most: number | null): string => (most === null ? 'no limit' : String(most));

/** What a change of an account changes, for the audit: "Policy: keep in reserve (was normal)."; `null` where it changes nothing. */
export function changesInWords(account: Account, edit: AccountPatch): string | null {
  const { label, policy, maxConcurrency, color } = edit;
  const said = (name: string, now: string, before: string): string[] =>
    now === before ? [] : [`${name}: ${now} (was ${before}).`];
  const sentences = [
    ...(label === undefined ? [] : said('Label', label, account.label)),
    ...(policy === undefined ? [] : said('Policy', policies[policy], policies[account.policy])),
    ...(maxConcurrency === undefined
      ? []
      : said('Calls at once', calls(maxConcurrency), calls(account.maxConcurrency))),
    ...(color === undefined ? [] : said('Colour', color ?? 'none', account.color ?? 'none')),
  ];
  return sentences.length === 0 ? null : sentences.join(' ');
}

export const secretsMoved = ({ kind, moved }: SecretsMoved, by: Actor): AuditNote => ({
  actor: by,
  what: 'secrets-moved',
  account: null,
  detail: `${moved} secrets were moved to the ${kind === 'file' ? 'encrypted file' : kind}.`,
});
