import { Select as Base } from '@base-ui/react/select';
import { Check, ChevronsUpDown } from 'lucide-react';
import { overlayLook } from './overlay-look.ts';

export interface SelectOption<Value extends string> {
  readonly value: Value;
  readonly name: string;
}

interface SelectProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly SelectOption<Value>[];
  readonly onChange: (value: Value) => void;
  /** Under a heading where it is not `''`; for long lists. */
  readonly groupOf?: (value: Value) => string;
  readonly id?: string;
  readonly describedBy?: string | undefined;
  readonly disabled?: boolean;
  readonly className?: string;
}

/** One choice out of a list. The list opens to where there is room, and typing finds. */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const { label, value, options, onChange, groupOf = () => '', id, describedBy, disabled = false } = props;
  const groups = Map.groupBy(options, (option) => groupOf(option.value));
  return (
    <Base.Root
      items={options.map((option) => ({ value: option.value, label: option.name }))}
      value={value}
      onValueChange={(next) => next !== null && onChange(next)}
      disabled={disabled}
      modal={false}
    >
      <Base.Trigger
        id={id}
        aria-label={label}
        aria-describedby={describedBy}
        className={`inline-flex h-7.5 min-w-0 items-center justify-between gap-1.5 rounded-md border border-line-strong bg-surface pr-1.5 pl-2.5 text-left transition-colors hover:bg-hover data-disabled:opacity-60 ${props.className ?? ''}`}
      >
        <Base.Value className="truncate" />
        <Base.Icon className="shrink-0 text-muted">
          <ChevronsUpDown size={13} aria-hidden />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner
          sideOffset={4}
          collisionPadding={8}
          alignItemWithTrigger={false}
          className="z-50 outline-none select-none"
        >
          <Base.Popup className={`${overlayLook} min-w-[var(--anchor-width)]`}>
            <Base.List className="max-h-[min(22rem,var(--available-height))] overflow-y-auto p-1">
              {[...groups].map(([heading, members]) => (
                <Base.Group key={heading}>
                  {heading !== '' && (
                    <Base.GroupLabel className="px-2 pt-1.5 pb-0.5 text-sm text-muted">{heading}</Base.GroupLabel>
                  )}
                  {members.map((option) => (
                    <Base.Item
                      key={option.value}
                      value={option.value}
                      className="flex h-7 cursor-pointer items-center gap-2 rounded-md pr-3 pl-2 outline-none data-highlighted:bg-hover"
                    >
                      <span className="w-3.5 shrink-0 text-accent">
                        <Base.ItemIndicator>
                          <Check size={14} aria-hidden />
                        </Base.ItemIndicator>
                      </span>
                      <Base.ItemText className="truncate">{option.name}</Base.ItemText>
                    </Base.Item>
                  ))}
                </Base.Group>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
