import { type SubmitEvent, useState } from 'react';
import { messageOf } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';

interface PasteAddressProps {
  /** The way it is meant to be finished, not the way out. */
  readonly open: boolean;
  readonly busy: boolean;
  readonly fault: unknown;
  readonly onPaste: (address: string) => void;
}

/** For a browser that cannot come back by itself: on another machine, or where the port is taken. */
export function PasteAddress({ open, busy, fault, onPaste }: PasteAddressProps) {
  const [address, setAddress] = useState('');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onPaste(address.trim());
  };
  return (
    <details open={open} className="rounded-md border border-line">
      <summary className="px-3 py-1.5 font-medium">The page could not be shown? Paste its address</summary>
      <form onSubmit={submit} className="grid gap-2.5 border-t border-line p-3">
        <TextField
          label="Address that the browser ended at"
          type="url"
          required
          maxLength={8_192}
          placeholder="http://127.0.0.1:1455/auth/callback?code=…"
          value={address}
          onChange={(event) => setAddress(event.target.value)}
        />
        {fault !== null && <Notice kind="error">{messageOf(fault)}</Notice>}
        <Button type="submit" disabled={busy} className="justify-self-end">
          {busy ? 'Checking…' : 'Finish the sign-in'}
        </Button>
      </form>
    </details>
  );
}
