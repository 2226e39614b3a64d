import { Search } from 'lucide-react';
import type { Ref } from 'react';
import { Select, type SelectOption } from '../../components/select.tsx';
import { type CallStatus, statusNames } from './call-status.tsx';
import type { CallFilter } from './merge-calls.ts';

export function CallFilterBar({
  filter,
  onChange,
  searchRef,
}: {
  filter: Omit<CallFilter, 'only'>;
  onChange: (filter: Omit<CallFilter, 'only'>) => void;
  searchRef: Ref<HTMLInputElement>;
}) {
  return (
    <search className="flex min-w-0 flex-1 items-center gap-2">
      <div className="relative min-w-0 flex-1 sm:max-w-96">
        <Search size={14} aria-hidden className="absolute top-2 left-2.5 text-faint" />
        <input
          ref={searchRef}
          type="text"
          aria-label="Filter by model, account, key, client or error"
          placeholder="Model, account, key, client, error"
          value={filter.text}
          maxLength={200}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ ...filter, text: event.target.value })}
          className="h-7.5 w-full rounded-md border border-line-strong bg-surface pr-7 pl-8 placeholder:text-faint"
        />
        <kbd
          aria-hidden
          className="absolute top-1.5 right-2 max-sm:hidden rounded border border-line px-1 font-sans text-xs text-faint"
        >
          /
        </kbd>
      </div>
      <Select
        label="Status"
        value={filter.status ?? 'any'}
        options={statuses}
        onChange={(status) => onChange({ ...filter, status: status === 'any' ? null : status })}
        className="shrink-0 max-sm:w-24 sm:w-32"
      />
    </search>
  );
}

const statuses: readonly SelectOption<CallStatus | 'any'>[] = [
  { value: 'any', name: 'Any status' },
  ...(Object.keys(statusNames) as CallStatus[]).map((value) => ({ value, name: statusNames[value] })),
];

export const isStatus = (value: string): value is CallStatus => Object.hasOwn(statusNames, value);
