import { ArrowDown, ArrowUp, Columns3 } from 'lucide-react';
import { useState } from 'react';
import { Button, IconButton } from '../../components/button.tsx';
import { Popover } from '../../components/popover.tsx';
import { Select } from '../../components/select.tsx';
import { callColumns } from './call-columns.tsx';
import { type ColumnChoice, type ColumnName, columnNames, columnWidths, firstChoice } from './column-choice.ts';

const widthNames = { narrow: 'Narrow', normal: 'Normal', wide: 'Wide' } as const;
const widthOptions = columnWidths.map((value) => ({ value, name: widthNames[value] }));

interface ColumnMenuProps {
  readonly choice: ColumnChoice | null;
  readonly onChange: (choice: ColumnChoice | null) => void;
}

/** Which columns there are, in which order and how wide. */
export function ColumnMenu({ choice, onChange }: ColumnMenuProps) {
  const [open, setOpen] = useState(false);
  const chosen = choice ?? firstChoice;
  const shown = new Set(chosen.map(({ name }) => name));
  const rows = [...chosen.map(({ name }) => name), ...columnNames.filter((name) => !shown.has(name))];

  const toggle = (name: ColumnName) => {
    const next = shown.has(name)
      ? chosen.filter((one) => one.name !== name)
      : [...chosen, { name, width: 'normal' as const }];
    if (next.length > 0) onChange(next);
  };
  const move = (name: ColumnName, by: 1 | -1) => {
    const from = chosen.findIndex((one) => one.name === name);
    const next = [...chosen];
    const [moved] = next.splice(from, 1);
    if (moved !== undefined) next.splice(from + by, 0, moved);
    onChange(next);
  };

  return (
    <Popover
      label="Columns"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <IconButton label="Columns">
          <Columns3 size={15} />
        </IconButton>
      }
    >
      <ul className="grid max-h-[min(26rem,60dvh)] w-72 gap-0.5 overflow-y-auto">
        {rows.map((name) => {
          const { label } = callColumns[name];
          const at = chosen.findIndex((one) => one.name === name);
          return (
            <li key={name} className="flex h-8 items-center gap-1">
              <label className="flex min-w-0 flex-1 items-center gap-2">
                <input type="checkbox" checked={at >= 0} onChange={() => toggle(name)} />
                <span className="truncate">{label}</span>
              </label>
              {at >= 0 && (
                <>
                  <Select
                    label={`Width of ${label}`}
                    value={chosen[at]?.width ?? 'normal'}
                    options={widthOptions}
                    onChange={(width) => onChange(chosen.map((one) => (one.name === name ? { name, width } : one)))}
                    className="w-24"
                  />
                  <IconButton label={`Move ${label} left`} disabled={at === 0} onClick={() => move(name, -1)}>
                    <ArrowUp size={14} />
                  </IconButton>
                  <IconButton
                    label={`Move ${label} right`}
                    disabled={at === chosen.length - 1}
                    onClick={() => move(name, 1)}
                  >
                    <ArrowDown size={14} />
                  </IconButton>
                </>
              )}
            </li>
          );
        })}
      </ul>
      <div className="mt-2 border-t border-line pt-2">
        <Button disabled={choice === null} onClick={() => onChange(null)}>
          As fits the window
        </Button>
      </div>
    </Popover>
  );
}
