import type { SelectOption } from './select.tsx';

interface ChoiceListProps {
  readonly label: string;
  /** What no choice means. */
  readonly all: string;
  readonly options: readonly SelectOption<string>[];
  /** `null` where nothing is left out. */
  readonly value: readonly string[] | null;
  readonly onChange: (value: string[] | null) => void;
}

/** Some of many, or all of them. */
export function ChoiceList({ label, all, options, value, onChange }: ChoiceListProps) {
  const chosen = new Set(value ?? []);
  const toggle = (option: string, on: boolean) => {
    const next = options.map((one) => one.value).filter((one) => (one === option ? on : chosen.has(one)));
    onChange(next.length === 0 ? null : next);
  };
  return (
    <fieldset className="grid min-w-0 content-start gap-1">
      <legend className="mb-1 font-medium">{label}</legend>
      <div className="max-h-36 overflow-y-auto rounded-md border border-line-strong bg-surface px-2.5 py-1">
        {options.map((option) => (
          <label key={option.value} className="flex cursor-pointer items-center gap-2 py-0.5">
            <input
              type="checkbox"
              checked={chosen.has(option.value)}
              onChange={(event) => toggle(option.value, event.target.checked)}
            />
            <span className="truncate">{option.name}</span>
          </label>
        ))}
        {options.length === 0 && <p className="text-muted">None are known yet.</p>}
      </div>
      <p className="text-sm text-muted">{value === null ? all : `Only ${value.length} of ${options.length}.`}</p>
    </fieldset>
  );
}
