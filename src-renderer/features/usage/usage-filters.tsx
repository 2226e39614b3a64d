import { X } from 'lucide-react';
import type { UsageDimension } from '../../../src-shared/contract/usage.ts';
import { valueName } from './group-name.ts';
import { dimensionNames, type UsageState } from './usage-state.ts';

interface UsageFiltersProps {
  readonly filters: UsageState['filters'];
  readonly names: Readonly<Record<string, string>>;
  readonly onChange: (filters: UsageState['filters']) => void;
}

/** What the page is kept to; each is taken away by a press. */
export function UsageFilters({ filters, names, onChange }: UsageFiltersProps) {
  const entries = Object.entries(filters) as [UsageDimension, string][];
  if (entries.length === 0) return null;
  return (
    <ul aria-label="Only" className="flex flex-wrap gap-1.5">
      {entries.map(([dimension, value]) => {
        const text = `${dimensionNames[dimension]}: ${valueName(dimension, value, names)}`;
        return (
          <li key={dimension}>
            <button
              type="button"
              aria-label={`Take away: ${text}`}
              onClick={() => {
                const { [dimension]: _gone, ...rest } = filters;
                onChange(rest);
              }}
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
