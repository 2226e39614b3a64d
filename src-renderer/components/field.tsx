import { type ComponentProps, type ReactNode, useId } from 'react';
import { Select, type SelectOption } from './select.tsx';

const box =
  'w-full rounded-md border border-line-strong bg-surface px-2.5 text-ink placeholder:text-faint disabled:opacity-60';

interface Labelled {
  label: string;
  hint?: string;
}

function Frame({ id, label, hint, children }: Labelled & { id: string; children: ReactNode }) {
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}

const describedBy = (id: string, hint: string | undefined) =>
  hint === undefined ? {} : { 'aria-describedby': `${id}-hint` };

export function TextField({ label, hint, ...rest }: Labelled & ComponentProps<'input'>) {
  const id = useId();
  return (
    <Frame id={id} label={label} {...(hint === undefined ? {} : { hint })}>
      <input
        id={id}
        type="text"
        autoComplete="off"
        spellCheck={false}
        className={`${box} h-8`}
        {...describedBy(id, hint)}
        {...rest}
      />
    </Frame>
  );
}

export function TextArea({ label, hint, ...rest }: Labelled & ComponentProps<'textarea'>) {
  const id = useId();
  return (
    <Frame id={id} label={label} {...(hint === undefined ? {} : { hint })}>
      <textarea
        id={id}
        rows={6}
        autoComplete="off"
        spellCheck={false}
        className={`${box} resize-y py-1.5 font-mono text-sm`}
        {...describedBy(id, hint)}
        {...rest}
      />
    </Frame>
  );
}

interface SelectFieldProps<Value extends string> extends Labelled {
  readonly value: Value;
  readonly options: readonly SelectOption<Value>[];
  readonly onChange: (value: Value) => void;
  readonly groupOf?: (value: Value) => string;
}

export function SelectField<Value extends string>({ label, hint, ...rest }: SelectFieldProps<Value>) {
  const id = useId();
  return (
    <Frame id={id} label={label} {...(hint === undefined ? {} : { hint })}>
      <Select
        id={id}
        label={label}
        describedBy={hint === undefined ? undefined : `${id}-hint`}
        className="h-8 w-full"
        {...rest}
      />
    </Frame>
  );
}
