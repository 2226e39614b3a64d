import { type SubmitEvent, useId, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { ChoiceList } from '../../components/choice-list.tsx';
import { SelectField, TextField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import { useAccounts } from '../accounts/use-accounts.ts';
import { effortOptions, endpointNames, type KeyDraft } from './key-draft.ts';
import { useKeys } from './use-keys.ts';

interface KeyFormProps {
  readonly before: KeyDraft;
  readonly isNew: boolean;
  readonly busy: boolean;
  readonly error: string | null;
  readonly onSubmit: (draft: KeyDraft) => void;
}

const captureOptions = [
  { value: 'none', name: 'Of no call' },
  { value: 'failed', name: 'Of calls that did not end well' },
  { value: 'all', name: 'Of all calls' },
] as const;

const spliceOptions = [
  { value: 'default', name: 'As in the settings' },
  { value: 'text', name: 'Yes' },
  { value: 'off', name: 'No' },
] as const;

/** Who a key is for, what it may do, and how much. Only a name has to be given. */
export function KeyForm({ before, isNew, busy, error, onSubmit }: KeyFormProps) {
  const [draft, setDraft] = useState(before);
  const [more, setMore] = useState(!isNew);
  const set = (change: Partial<KeyDraft>) => setDraft({ ...draft, ...change });
  const text = (name: 'name' | 'project' | 'member' | Limit | 'expires') => ({
    value: draft[name],
    onChange: (event: { target: { value: string } }) => set({ [name]: event.target.value }),
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (draft.name.trim() !== '') onSubmit(draft);
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <TextField
        label="Name"
        required
        maxLength={80}
        placeholder="Codex on my laptop"
        hint="It appears beside every call that is made with the key."
        {...text('name')}
      />
      <Belonging text={text} />
      {more ? (
        <>
          <Scopes draft={draft} set={set} />
          <Limits text={text} />
          <div className="grid items-start gap-3.5 sm:grid-cols-2">
            <TextField label="Expires" type="datetime-local" hint="Empty: never." {...text('expires')} />
            <SelectField
              label="Continue answers that break off"
              value={draft.splice}
              options={spliceOptions}
              onChange={(splice) => set({ splice })}
              hint="On another account, after text was sent."
            />
            <SelectField
              label="Keep bodies"
              value={draft.capture}
              options={captureOptions}
              onChange={(capture) => set({ capture })}
              hint="Redacted, on this machine, and for a while."
            />
          </div>
        </>
      ) : (
        <Button look="quiet" onClick={() => setMore(true)} className="justify-self-start">
          Limits and scopes…
        </Button>
      )}
      {error !== null && <Notice kind="error">{error}</Notice>}
      <Button type="submit" look="primary" disabled={busy} className="justify-self-end">
        {isNew ? (busy ? 'Creating…' : 'Create key') : busy ? 'Saving…' : 'Save'}
      </Button>
    </form>
  );
}

type Limit = 'requestsPerMinute' | 'tokensPerMinute' | 'concurrency' | 'maxOutputTokens';
type Bind<Name> = (name: Name) => { value: string; onChange: (event: { target: { value: string } }) => void };

/** Names that are used already are offered, so that one is not written in two ways. */
function Belonging({ text }: { text: Bind<'project' | 'member'> }) {
  const id = useId();
  const keys = useKeys().data?.keys ?? [];
  const known = (name: 'project' | 'member') => [...new Set(keys.flatMap((key) => key[name] ?? []))].sort();
  return (
    <div className="grid gap-3.5 sm:grid-cols-2">
      <TextField label="Project (optional)" maxLength={80} list={`${id}-projects`} {...text('project')} />
      <TextField label="Member (optional)" maxLength={80} list={`${id}-members`} {...text('member')} />
      <datalist id={`${id}-projects`}>{known('project').map(toOption)}</datalist>
      <datalist id={`${id}-members`}>{known('member').map(toOption)}</datalist>
    </div>
  );
}

const toOption = (value: string) => <option key={value} value={value} />;

function Scopes({ draft, set }: { draft: KeyDraft; set: (change: Partial<KeyDraft>) => void }) {
  const accounts = useAccounts().data?.accounts ?? [];
  const names = (known: readonly string[], chosen: readonly string[] | null) =>
    [...new Set([...known, ...(chosen ?? [])])].map((value) => ({ value, name: value }));
  const labels = accounts.map(({ id, label }) => ({ value: id, name: label }));
  const models = names([...new Set(accounts.flatMap((account) => account.models))].sort(), draft.models);
  return (
    <>
      <div className="grid gap-3.5 sm:grid-cols-3">
        <ChoiceList
          label="Models"
          all="All models."
          options={models}
          value={draft.models}
          onChange={(value) => set({ models: value })}
        />
        <ChoiceList
          label="Accounts"
          all="All accounts."
          options={labels}
          value={draft.accounts}
          onChange={(value) => set({ accounts: value })}
        />
        <ChoiceList
          label="Endpoints"
          all="All endpoints."
          options={Object.entries(endpointNames).map(([value, name]) => ({ value, name }))}
          value={draft.endpoints}
          onChange={(value) => set({ endpoints: value })}
        />
      </div>
      <div className="grid items-start gap-3.5 sm:grid-cols-2">
        <SelectField
          label="Reasoning effort"
          value={draft.effortCeiling}
          options={effortOptions}
          onChange={(effortCeiling) => set({ effortCeiling })}
          hint="Requests for more are refused."
        />
        <label className="flex cursor-pointer items-start gap-2 pt-6">
          <input
            type="checkbox"
            checked={draft.overflow}
            onChange={(event) => set({ overflow: event.target.checked })}
            className="mt-0.5"
          />
          <span>
            May overflow
            <span className="block text-sm text-muted">
              To metered API keys, at your cost, once subscriptions are spent.
            </span>
          </span>
        </label>
      </div>
    </>
  );
}

function Limits({ text }: { text: Bind<Limit> }) {
  const whole = { type: 'number', min: 1, step: 1, placeholder: 'no limit', inputMode: 'numeric' } as const;
  return (
    <div className="grid gap-3.5 sm:grid-cols-4">
      <TextField label="Requests/min" max={1_000_000_000} {...whole} {...text('requestsPerMinute')} />
      <TextField label="Tokens/min" max={1_000_000_000} {...whole} {...text('tokensPerMinute')} />
      <TextField label="Calls at once" max={10_000} {...whole} {...text('concurrency')} />
      <TextField label="Output tokens" max={10_000_000} {...whole} min={16} {...text('maxOutputTokens')} />
    </div>
  );
}
