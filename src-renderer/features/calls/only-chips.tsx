import { X } from 'lucide-react';
import { useAccounts } from '../accounts/use-accounts.ts';
import { useKeys } from '../keys/use-keys.ts';
import type { CallFilter, OnlyName } from './merge-calls.ts';

const titles: Readonly<Record<OnlyName, string>> = {
  model: 'Model',
  accountId: 'Account',
  keyId: 'Key',
  project: 'Project',
  member: 'Member',
  client: 'Client',
  endpoint: 'Endpoint',
  cause: 'Cause',
};

/** What the address keeps the list to, and the way out of it. */
export function OnlyChips({ only, onClear }: { only: CallFilter['only']; onClear: (name: OnlyName) => void }) {
  const accounts = useAccounts();
  const keys = useKeys();
  const entries = Object.entries(only) as [OnlyName, string][];
  if (entries.length === 0) return null;
  const names: Partial<Record<OnlyName, string | undefined>> = {
    accountId: accounts.data?.accounts.find(({ id }) => id === only.accountId)?.label,
    keyId: keys.data?.keys.find(({ id }) => id === only.keyId)?.name,
  };
  return (
    <ul aria-label="Only" className="flex flex-wrap gap-1.5 border-b border-line px-4 py-1.5 sm:px-5">
      {entries.map(([name, value]) => {
        const text = `${titles[name]}: ${names[name] ?? (value === '' ? 'none' : value)}`;
        return (
          <li key={name}>
            <button
              type="button"
              aria-label={`Take away: ${text}`}
              onClick={() => onClear(name)}
              className="flex h-6.5 items-center gap-1 rounded-full border border-line bg-selected pr-1.5 pl-2.5 text-sm hover:border-line-strong"
            >
              <span className="max-w-80 truncate">{text}</span>
              <X size={13} aria-hidden className="text-muted" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
