import { type ReactNode, type SubmitEvent, useState } from 'react';
import { Button } from '../../components/button.tsx';

export interface ControlProps<Value> {
  readonly label: string;
  readonly describedBy: string;
  readonly value: Value;
  readonly busy: boolean;
  /** Answers whether it was taken; why not is said beside it. */
  readonly onSave: (value: Value) => Promise<boolean>;
}

interface DraftFormProps<Draft> {
  readonly label: string;
  readonly saved: Draft;
  readonly busy: boolean;
  /** Whether it can be sent at all; the API says what is wrong with the rest. */
  readonly ready?: (draft: Draft) => boolean;
  readonly onSave: (draft: Draft) => Promise<boolean>;
  readonly children: (draft: Draft, set: (draft: Draft) => void) => ReactNode;
}

/** What is typed stays until it is saved or given up, whatever is read meanwhile. */
export function DraftForm<Draft>({ label, saved, busy, ready = () => true, onSave, children }: DraftFormProps<Draft>) {
  const [draft, setDraft] = useState<Draft | null>(null);
  const shown = draft ?? saved;
  const changed = draft !== null && JSON.stringify(draft) !== JSON.stringify(saved);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (changed && ready(shown) && (await onSave(shown))) setDraft(null);
  };
  return (
    <form
      aria-label={label}
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && changed) setDraft(null);
      }}
      className="grid min-w-0 gap-2"
    >
      {children(shown, setDraft)}
      {changed && (
        <div className="flex gap-2">
          <Button type="submit" look="primary" disabled={busy || !ready(shown)}>
            Save
          </Button>
          <Button look="quiet" onClick={() => setDraft(null)}>
            Cancel
          </Button>
        </div>
      )}
    </form>
  );
}

export const fieldLook =
  'h-7.5 min-w-0 rounded-md border border-line-strong bg-surface px-2.5 text-ink placeholder:text-faint';
