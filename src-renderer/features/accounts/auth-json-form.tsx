import { type SubmitEvent, useState } from 'react';
import { messageOf } from '../../api/client.ts';
import { desktopBridge } from '../../api/desktop-bridge.ts';
import { Button } from '../../components/button.tsx';
import { TextArea, TextField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import type { AddFormProps } from './add-form-props.ts';
import { FileDrop } from './file-drop.tsx';
import { SharedLoginNotice } from './shared-login-notice.tsx';

/** The contract's bound on the text of an auth.json, in characters. */
const maxLength = 1_000_000;

export function AuthJsonForm({ busy, error, onSubmit, onSignIn }: AddFormProps & { onSignIn: () => void }) {
  const [content, setContent] = useState('');
  const [source, setSource] = useState({ text: '', path: '' });
  const [label, setLabel] = useState('');
  const [acceptShared, setAcceptShared] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const shown = fault ?? (error === null ? null : messageOf(error));

  const readFile = async (file: File) => {
    if (file.size > maxLength) return setFault('This file is too large to be an auth.json.');
    setFault(null);
    const text = await file.text();
    setContent(text);
    // Only the app learns where a file is; a login can then stay linked to it.
    setSource({ text, path: desktopBridge()?.pathOf(file) ?? '' });
  };

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!isJsonObject(content)) return setFault('This is not the text of an auth.json: it must be one JSON object.');
    setFault(null);
    onSubmit({
      ...{ type: 'auth-json', content, acceptShared },
      ...(label.trim() === '' ? {} : { label: label.trim() }),
      ...(source.path === '' || source.text !== content ? {} : { path: source.path }),
    });
  };

  return (
    <form onSubmit={submit} className="grid gap-3.5">
      <FileDrop onFile={(file) => void readFile(file)} />
      <TextArea
        label="Text of auth.json"
        required
        rows={4}
        maxLength={maxLength}
        value={content}
        placeholder='{"tokens": { … }}'
        onChange={(event) => setContent(event.target.value)}
      />
      <TextField
        label="Name (optional)"
        placeholder="personal"
        maxLength={80}
        value={label}
        onChange={(event) => setLabel(event.target.value)}
      />
      <SharedLoginNotice onSignIn={onSignIn} />
      <label className="flex items-start gap-2">
        <input
          type="checkbox"
          className="mt-1 accent-accent-fill"
          checked={acceptShared}
          onChange={(event) => setAcceptShared(event.target.checked)}
        />
        <span>Import it all the same: I know that one of the two programs will be signed out.</span>
      </label>
      {shown !== null && <Notice kind="error">{shown}</Notice>}
      <Button type="submit" look="primary" disabled={busy} className="justify-self-end">
        {busy ? 'Importing…' : 'Import login'}
      </Button>
    </form>
  );
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
