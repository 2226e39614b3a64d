import { Search } from 'lucide-react';

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A field that narrows a list as one types. */
export function SearchField({ label, value, onChange }: SearchFieldProps) {
  return (
    <search className="relative min-w-0 flex-1 sm:max-w-72">
      <Search size={14} aria-hidden className="absolute top-2 left-2.5 text-faint" />
      <input
        type="text"
        aria-label={label}
        placeholder={label}
        value={value}
        maxLength={200}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
        className="h-7.5 w-full rounded-md border border-line-strong bg-surface pr-2 pl-8 placeholder:text-faint"
      />
    </search>
  );
}
