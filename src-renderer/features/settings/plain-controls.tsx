import { Select } from '../../components/select.tsx';
import { type Amount, byteUnits, durationUnits, fromAmount, toAmount } from './amount.ts';
import { type ControlProps, DraftForm, fieldLook } from './draft-form.tsx';

const units = { duration: durationUnits, bytes: byteUnits };

/** A length of time or a size, in the unit that a person likes. */
export function AmountControl(props: ControlProps<number> & { readonly kind: keyof typeof units }) {
  const { label, describedBy, value, busy, onSave, kind } = props;
  const sizes = units[kind];
  return (
    <DraftForm
      label={label}
      saved={toAmount(value, sizes)}
      busy={busy}
      ready={(draft) => fromAmount(draft, sizes) !== null}
      onSave={(draft) => onSave(fromAmount(draft, sizes) ?? value)}
    >
      {(draft, set) => (
        <div className="flex gap-1.5">
          <NumberField
            {...{ label, describedBy }}
            value={draft.amount}
            onChange={(amount) => set({ ...draft, amount })}
          />
          <Select
            label={`Unit of ${label}`}
            className="w-24 shrink-0"
            value={draft.unit}
            options={Object.keys(sizes).map((unit) => ({ value: unit, name: unit }))}
            onChange={(unit) => set({ ...draft, unit } satisfies Amount)}
          />
        </div>
      )}
    </DraftForm>
  );
}

/** A number with what it counts; `scale` of the API's are one of the person's. */
export function CountControl(props: ControlProps<number> & { readonly unit: string; readonly scale?: number }) {
  const { label, describedBy, value, busy, onSave, unit, scale = 1 } = props;
  const isNumber = (draft: string) => draft.trim() !== '' && Number.isFinite(Number(draft));
  return (
    <DraftForm
      label={label}
      saved={String(value / scale)}
      busy={busy}
      ready={isNumber}
      onSave={(draft) => onSave(Math.round(Number(draft) * scale))}
    >
      {(draft, set) => (
        <div className="flex items-center gap-2">
          <NumberField {...{ label, describedBy }} value={draft} onChange={set} />
          <span className="w-24 shrink-0 text-muted">{unit}</span>
        </div>
      )}
    </DraftForm>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly describedBy: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function NumberField({ label, describedBy, value, onChange }: NumberFieldProps) {
  return (
    <input
      type="text"
      inputMode="decimal"
      autoComplete="off"
      aria-label={label}
      aria-describedby={describedBy}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className={`${fieldLook} w-full flex-1 text-right`}
    />
  );
}

export function TextControl({ label, describedBy, value, busy, onSave }: ControlProps<string>) {
  return (
    <DraftForm label={label} saved={value} busy={busy} onSave={(draft) => onSave(draft.trim())}>
      {(draft, set) => (
        <input
          type="text"
          autoComplete="off"
          spellCheck={false}
          aria-label={label}
          aria-describedby={describedBy}
          placeholder="Empty"
          value={draft}
          onChange={(event) => set(event.target.value)}
          className={`${fieldLook} w-full`}
        />
      )}
    </DraftForm>
  );
}

/** Texts, one on each line. */
export function ListControl({ label, describedBy, value, busy, onSave }: ControlProps<readonly string[]>) {
  const linesOf = (draft: string) =>
    [...new Set(draft.split('\n').map((line) => line.trim()))].filter((line) => line !== '');
  return (
    <DraftForm label={label} saved={value.join('\n')} busy={busy} onSave={(draft) => onSave(linesOf(draft))}>
      {(draft, set) => (
        <textarea
          rows={Math.min(8, Math.max(2, draft.split('\n').length))}
          autoComplete="off"
          spellCheck={false}
          aria-label={label}
          aria-describedby={describedBy}
          placeholder="One on each line"
          value={draft}
          onChange={(event) => set(event.target.value)}
          className={`${fieldLook} h-auto w-full resize-y py-1.5 font-mono text-sm`}
        />
      )}
    </DraftForm>
  );
}
