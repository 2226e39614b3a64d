import { Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { type ControlProps, DraftForm, fieldLook } from './draft-form.tsx';

type Aliases = Settings['models.aliases'];
type Prices = Settings['models.prices'];
type PriceName = keyof Prices[string];

/** Own names for models, one row each. */
export function AliasControl({ label, value, busy, onSave }: ControlProps<Aliases>) {
  return (
    <DraftForm
      label={label}
      saved={Object.entries(value)}
      busy={busy}
      ready={(rows) => rows.every(([name, model]) => name.trim() !== '' && model.trim() !== '')}
      onSave={(rows) => onSave(Object.fromEntries(rows.map(([name, model]) => [name.trim(), model.trim()])))}
    >
      {(rows, set) => (
        <Rows
          columns="grid-cols-[minmax(0,1fr)_minmax(0,1fr)_1.75rem]"
          heads={['Clients ask for', 'Relay sends']}
          count={rows.length}
          onAdd={() => set([...rows, ['', '']])}
          onRemove={(at) => set(rows.filter((_, index) => index !== at))}
          row={(at) =>
            ([0, 1] as const).map((side) => (
              <Cell
                key={side}
                label={`${side === 0 ? 'Name' : 'Model'} ${at + 1}`}
                value={rows[at]?.[side] ?? ''}
                onChange={(text) =>
                  set(rows.map((row, index) => (index === at ? (side === 0 ? [text, row[1]] : [row[0], text]) : row)))
                }
              />
            ))
          }
        />
      )}
    </DraftForm>
  );
}

const priceNames: Readonly<Record<PriceName, string>> = {
  input: 'Input',
  cachedInput: 'Cached input',
  cacheWrite: 'Cache write',
  output: 'Output',
};

interface PriceRow extends Readonly<Record<PriceName, string>> {
  readonly model: string;
}

/** Own prices, in US dollars per million tokens; an empty one is unknown, but for input and output. */
export function PriceControl({ label, value, busy, onSave }: ControlProps<Prices>) {
  return (
    <DraftForm
      label={label}
      saved={Object.entries(value).map(([model, price]) => rowOf(model, price))}
      busy={busy}
      ready={(rows) => rows.every(isReady)}
      onSave={(rows) => onSave(Object.fromEntries(rows.map((row) => [row.model.trim(), priceOf(row)])))}
    >
      {(rows, set) => (
        <Rows
          columns="grid-cols-[minmax(7rem,2fr)_repeat(4,minmax(3.5rem,1fr))_1.75rem]"
          heads={['Model', ...Object.values(priceNames)]}
          count={rows.length}
          onAdd={() => set([...rows, { model: '', input: '', cachedInput: '', cacheWrite: '', output: '' }])}
          onRemove={(at) => set(rows.filter((_, index) => index !== at))}
          row={(at) =>
            (['model', ...Object.keys(priceNames)] as (keyof PriceRow)[]).map((name) => (
              <Cell
                key={name}
                label={`${name === 'model' ? 'Model' : priceNames[name]} ${at + 1}`}
                numeric={name !== 'model'}
                value={rows[at]?.[name] ?? ''}
                onChange={(text) => set(rows.map((row, index) => (index === at ? { ...row, [name]: text } : row)))}
              />
            ))
          }
        />
      )}
    </DraftForm>
  );
}

const rowOf = (model: string, price: Prices[string]): PriceRow => ({
  model,
  input: String(price.input),
  cachedInput: price.cachedInput === null ? '' : String(price.cachedInput),
  cacheWrite: price.cacheWrite === null ? '' : String(price.cacheWrite),
  output: String(price.output),
});

const isReady = ({ model, input, output, cachedInput, cacheWrite }: PriceRow): boolean =>
  model.trim() !== '' &&
  [input, output].every((text) => text.trim() !== '') &&
  [input, output, cachedInput, cacheWrite].every((text) => Number.isFinite(Number(text)));

const priceOf = ({ input, output, cachedInput, cacheWrite }: PriceRow): Prices[string] => ({
  input: Number(input),
  output: Number(output),
  cachedInput: cachedInput.trim() === '' ? null : Number(cachedInput),
  cacheWrite: cacheWrite.trim() === '' ? null : Number(cacheWrite),
});

interface RowsProps {
  readonly columns: string;
  readonly heads: readonly string[];
  readonly count: number;
  readonly row: (at: number) => ReactNode;
  readonly onAdd: () => void;
  readonly onRemove: (at: number) => void;
}

function Rows({ columns, heads, count, row, onAdd, onRemove }: RowsProps) {
  return (
    <div className="grid gap-1.5 overflow-x-auto p-0.5">
      {count > 0 && (
        <div aria-hidden className={`grid ${columns} gap-1.5 text-sm text-muted`}>
          {heads.map((head) => (
            <span key={head} className="truncate px-1">
              {head}
            </span>
          ))}
        </div>
      )}
      {Array.from({ length: count }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row has no name of its own while it is typed
        <div key={at} className={`grid ${columns} items-center gap-1.5`}>
          {row(at)}
          <IconButton label={`Remove row ${at + 1}`} onClick={() => onRemove(at)}>
            <X size={14} />
          </IconButton>
        </div>
      ))}
      <Button className="justify-self-start" onClick={onAdd}>
        <Plus size={14} aria-hidden />
        Add
      </Button>
    </div>
  );
}

interface CellProps {
  readonly label: string;
  readonly value: string;
  readonly numeric?: boolean;
  readonly onChange: (text: string) => void;
}

function Cell({ label, value, numeric = false, onChange }: CellProps) {
  return (
    <input
      type="text"
      inputMode={numeric ? 'decimal' : 'text'}
      autoComplete="off"
      spellCheck={false}
      aria-label={label}
      value={value}
      maxLength={200}
      onChange={(event) => onChange(event.target.value)}
      className={`${fieldLook} px-2 ${numeric ? 'text-right' : 'font-mono text-sm'}`}
    />
  );
}
