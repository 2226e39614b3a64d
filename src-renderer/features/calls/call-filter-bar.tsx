import { useQuery } from '@tanstack/react-query';
import { Search, X } from 'lucide-react';
import { type KeyboardEvent, type Ref, useId, useState } from 'react';
import { queryKeys } from '../../api/query-keys.ts';
import { getCallValues } from '../../api/requests.ts';
import { overlayLook } from '../../components/overlay-look.ts';
import { useAccounts } from '../accounts/use-accounts.ts';
import { useKeys } from '../keys/use-keys.ts';
import { type CallFilter, type FilterName, withoutName } from './call-filter.ts';
import { askedField, chipsOf, type FilterTerm, filterTerms } from './filter-terms.ts';

interface CallFilterBarProps {
  readonly filter: CallFilter;
  readonly onChange: (filter: CallFilter) => void;
  readonly searchRef: Ref<HTMLInputElement>;
}

/** What the list is kept to, as chips, and a field that suggests more: fields first, then the values that calls have. */
export function CallFilterBar({ filter, onChange, searchRef }: CallFilterBarProps) {
  const [typed, setTyped] = useState('');
  const [open, setOpen] = useState(false);
  const [marked, setMarked] = useState(0);
  const listId = useId();
  const chips = chipsOf(filter, useKnownNames(filter));
  const values = useValues(typed);
  const terms = open ? filterTerms(typed, values, Date.now()) : [];
  const active = Math.min(marked, terms.length - 1);

  const type = (text: string) => {
    setTyped(text);
    setMarked(0);
    setOpen(true);
  };
  const take = (term: FilterTerm | undefined) => {
    if (term === undefined) return;
    type(term.typed);
    if (term.add === null) return;
    setOpen(false);
    onChange({ ...filter, ...term.add });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const last = chips.at(-1);
    if (event.key === 'Backspace' && typed === '' && last !== undefined) onChange(withoutName(filter, last.name));
    else if (event.key === 'Enter' && typed.trim() !== '') take(terms[active]);
    else if (event.key === 'Enter' && open && marked > 0) take(terms[active]);
    else if (event.key === 'ArrowDown') setMarked(open ? Math.min(active + 1, terms.length - 1) : 0);
    else if (event.key === 'ArrowUp') setMarked(Math.max(0, active - 1));
    else if (event.key === 'Escape' && open) setOpen(false);
    else if (event.key === 'Escape') event.currentTarget.blur();
    else return;
    if (event.key === 'ArrowDown') setOpen(true);
    event.preventDefault();
  };

  return (
    <search className="relative min-w-0 flex-1">
      <div className="flex min-h-7.5 min-w-0 flex-wrap items-center gap-1 rounded-md border border-line-strong bg-surface py-0.5 pr-1 pl-8 focus-within:border-accent">
        <Search size={14} aria-hidden className="absolute top-2 left-2.5 text-faint" />
        {chips.length > 0 && (
          <ul aria-label="Only" className="contents">
            {chips.map(({ name, text }) => (
              <li key={name} className="min-w-0">
                <button
                  type="button"
                  aria-label={`Take away: ${text}`}
                  onClick={() => onChange(withoutName(filter, name))}
                  className="flex h-6 max-w-full items-center gap-1 rounded border border-line bg-selected pr-1 pl-2 text-sm hover:border-line-strong"
                >
                  <span className="max-w-72 truncate">{text}</span>
                  <X size={12} aria-hidden className="shrink-0 text-muted" />
                </button>
              </li>
            ))}
          </ul>
        )}
        <input
          ref={searchRef}
          type="text"
          role="combobox"
          aria-label="Filter calls"
          aria-expanded={terms.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={terms.length > 0 ? `${listId}-${active}` : undefined}
          placeholder={chips.length === 0 ? 'Filter: a word, or status: model: account: cost> …' : ''}
          value={typed}
          maxLength={200}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => type(event.target.value)}
          onFocus={() => setOpen(true)}
          onClick={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={onKeyDown}
          className="h-6 min-w-24 flex-1 bg-transparent outline-none placeholder:text-faint"
        />
        {typed === '' && chips.length === 0 && (
          <kbd aria-hidden className="rounded border border-line px-1 font-sans text-xs text-faint max-sm:hidden">
            /
          </kbd>
        )}
      </div>
      <div
        id={listId}
        role="listbox"
        aria-label="Filters"
        hidden={terms.length === 0}
        className={`${overlayLook} absolute top-full left-0 z-30 mt-1 max-h-80 w-full max-w-md overflow-y-auto p-1`}
      >
        {terms.map((term, index) => (
          <div
            key={term.label}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            // The field keeps the focus.
            onMouseDown={(event) => {
              event.preventDefault();
              take(term);
            }}
            ref={index === active ? (option) => option?.scrollIntoView({ block: 'nearest' }) : undefined}
            className="cursor-pointer truncate rounded-md px-2 py-1 hover:bg-hover aria-selected:bg-hover"
          >
            {term.label}
          </div>
        ))}
      </div>
    </search>
  );
}

/** Values that calls have, of the field that is being typed. */
function useValues(typed: string) {
  const asked = askedField(typed);
  const field = asked?.field.values ?? null;
  const text = asked?.text ?? '';
  const { data } = useQuery({
    queryKey: queryKeys.callValues(field, text),
    queryFn: ({ signal }) => getCallValues(field ?? 'status', text, signal),
    enabled: field !== null,
    placeholderData: (previous) => previous,
  });
  return field === null || data === undefined || data.field !== field ? [] : data.values;
}

function useKnownNames(filter: CallFilter): Partial<Record<FilterName, string>> {
  const account = useAccounts().data?.accounts.find(({ id }) => id === filter.accountId)?.label;
  const key = useKeys().data?.keys.find(({ id }) => id === filter.keyId)?.name;
  return {
    ...(account === undefined ? {} : { accountId: account }),
    ...(key === undefined ? {} : { keyId: key }),
  };
}
