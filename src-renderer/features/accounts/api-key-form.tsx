import { type SubmitEvent, useState } from 'react';
import { ApiError, messageOf } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { SelectField, TextField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import type { AddFormProps } from './add-form-props.ts';

export function ApiKeyForm({ busy, error, onSubmit }: AddFormProps) {
  const [apiKey, setApiKey] = useState('');
  const [label, setLabel] = useState('');
  const [baseUrl, setBaseUrl] = useState('');
  const [wire, setWire] = useState<'responses' | 'chat'>('responses');

  const send = (unchecked: boolean) =>
    onSubmit({
      type: 'api-key',
      apiKey: apiKey.trim(),
      wire,
      ...(label.trim() === '' ? {} : { label: label.trim() }),
      ...(baseUrl.trim() === '' ? {} : { baseUrl: baseUrl.trim() }),
      ...(unchecked ? { unchecked } : {}),
    });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    send(false);
  };

  return (
    <form onSubmit={submit} className="grid gap-3.5">
      <TextField
        label="API key"
        type="password"
        required
        maxLength={4096}
        value={apiKey}
        onChange={(event) => setApiKey(event.target.value)}
        hint="It goes straight into this machine’s secret store and is never shown again."
      />
      <TextField
        label="Name (optional)"
        placeholder="work"
        maxLength={80}
        value={label}
        onChange={(event) => setLabel(event.target.value)}
      />
      <div className="grid gap-3.5 sm:grid-cols-[1fr_11rem]">
        <TextField
          label="Base URL"
          type="url"
          placeholder="https://api.openai.com/v1"
          maxLength={2048}
          value={baseUrl}
          onChange={(event) => setBaseUrl(event.target.value)}
          hint="Any compatible service. Empty means OpenAI’s own."
        />
        <SelectField label="It speaks" value={wire} options={wires} onChange={setWire} />
      </div>
      {error !== null && <Notice kind="error">{messageOf(error)}</Notice>}
      <div className="flex flex-wrap justify-end gap-2">
        {couldNotBeChecked(error) && (
          <Button disabled={busy} onClick={() => send(true)}>
            Keep it unchecked
          </Button>
        )}
        <Button type="submit" look="primary" disabled={busy}>
          {busy ? 'Checking…' : 'Add account'}
        </Button>
      </div>
    </form>
  );
}

/** Its service did not answer; the key may be good. */
const couldNotBeChecked = (error: unknown): boolean => error instanceof ApiError && error.param === 'unchecked';

const wires = [
  { value: 'responses', name: 'Responses' },
  { value: 'chat', name: 'Chat Completions' },
] as const;
