import { FileUp } from 'lucide-react';
import { type ChangeEvent, type SubmitEvent, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Code } from '../../components/code.tsx';
import { TextArea, TextField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import type { AddFormProps } from './add-form-props.ts';

/** The contract's bound on the text of an auth.json, in characters. */
const maxLength = 1_000_000;

export function AuthJsonForm({ busy, error, onSubmit }: AddFormProps) {
  const [content, setContent] = useState('');
  const [label, setLabel] = useState('');
  const [acceptShared, setAcceptShared] = useState(false);
  const [fault, setFault] = useState<string | null>(null);

  const readFile = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const file = target.files?.[0];
    if (file === undefined) return;
    const tooLarge = file.size > maxLength;
    setFault(tooLarge ? 'This file is too large to be an auth.json.' : null);
    if (!tooLarge) setContent(await file.text());
    target.value = '';
  };

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!isJsonObject(content)) return setFault('This is not the text of an auth.json: it must be one JSON object.');
    setFault(null);
    onSubmit({ type: 'auth-json', content, acceptShared, ...(label.trim() === '' ? {} : { label: label.trim() }) });
  };

  return (
    <form onSubmit={submit} className="grid gap-3.5">
      <p className="text-muted">
        The Codex CLI keeps its login in <Code>~/.codex/auth.json</Code>. Choose the file or paste its text. To keep the
        login linked to its file, run <Code>relay accounts import FILE</Code> instead.
      </p>
      <label className="inline-flex h-8 cursor-pointer items-center justify-center gap-2 justify-self-start rounded-md border border-line-strong bg-surface px-3 font-medium hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-accent">
        <FileUp size={15} aria-hidden />
        Choose auth.json
        <input type="file" accept=".json,application/json" onChange={readFile} className="sr-only" />
      </label>
      <TextArea
        label="Text of auth.json"
        required
        maxLength={maxLength}
        value={content}
        placeholder='{"tokens": { … }}'
        onChange={(event) => setContent(event.target.value)}
      />
      <TextField
        label="Name"
        placeholder="personal"
        maxLength={80}
        value={label}
        onChange={(event) => setLabel(event.target.value)}
      />
      <label className="flex items-start gap-2 text-muted">
        <input
          type="checkbox"
          className="mt-1 accent-accent-fill"
          checked={acceptShared}
          onChange={(event) => setAcceptShared(event.target.checked)}
        />
        <span>
          The program that this login comes from uses it too: sooner or later one of the two is signed out. Import it
          all the same. (<Code>relay login</Code> makes a login of Relay’s own.)
        </span>
      </label>
      {(fault ?? error) !== null && <Notice kind="error">{fault ?? error}</Notice>}
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
