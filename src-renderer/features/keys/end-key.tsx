import { useState } from 'react';
import type { KeyView } from '../../../src-shared/contract/key.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { SelectField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';

interface EndKeyProps {
  readonly keyView: KeyView;
  readonly busy: boolean;
  readonly error: string | null;
  readonly onClose: () => void;
}

const hour = 3_600_000;
const graces = [
  { value: '0', name: 'It stops at once' },
  { value: String(hour), name: 'It works for 1 hour more' },
  { value: String(12 * hour), name: 'It works for 12 hours more' },
  { value: String(24 * hour), name: 'It works for 1 day more' },
  { value: String(7 * 24 * hour), name: 'It works for 7 days more' },
  { value: String(30 * 24 * hour), name: 'It works for 30 days more' },
] as const;

/** A new secret for the same key, and how long the old one works beside it. */
export function RotateKey({
  keyView: key,
  busy,
  error,
  onClose,
  onRotate,
}: EndKeyProps & { onRotate: (graceMs: number) => void }) {
  const [grace, setGrace] = useState<string>(String(24 * hour));
  return (
    <Dialog title={`Rotate “${key.name}”`} onClose={onClose}>
      <div className="grid gap-4">
        <p>You get a new secret for this key. Its name, limits, budgets and history stay.</p>
        <SelectField
          label="The old secret"
          value={grace}
          options={graces}
          onChange={setGrace}
          hint="Time to change it wherever it is used."
        />
        {error !== null && <Notice kind="error">{error}</Notice>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={busy} onClick={() => onRotate(Number(grace))}>
            {busy ? 'Rotating…' : 'Rotate'}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

/** Takes a key back for good; what runs on it ends, or is let finish. */
export function RevokeKey({
  keyView: key,
  busy,
  error,
  onClose,
  onRevoke,
}: EndKeyProps & { onRevoke: (cut: boolean) => void }) {
  const [cut, setCut] = useState(false);
  return (
    <Dialog title={`Revoke “${key.name}”`} onClose={onClose}>
      <div className="grid gap-4">
        <p>The next request with this key is refused, for good. What it did stays in the log.</p>
        <fieldset className="grid gap-1.5">
          <legend className="mb-1 font-medium">Calls that run now</legend>
          <label className="flex cursor-pointer items-center gap-2">
            <input type="radio" name="cut" checked={!cut} onChange={() => setCut(false)} />
            finish
          </label>
          <label className="flex cursor-pointer items-center gap-2">
            <input type="radio" name="cut" checked={cut} onChange={() => setCut(true)} />
            are cut off
          </label>
        </fieldset>
        {error !== null && <Notice kind="error">{error}</Notice>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" disabled={busy} onClick={() => onRevoke(cut)}>
            {busy ? 'Revoking…' : 'Revoke for good'}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
