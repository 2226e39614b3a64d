import { type SubmitEvent, useState } from 'react';
import type { AccountPatch, AccountPolicy, AccountView } from '../../../src-shared/contract/account.ts';
import { messageOf } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { SelectField, TextField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import { ColorField } from './color-field.tsx';
import { policies } from './policies.ts';

interface AccountSettingsProps {
  readonly account: AccountView;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onSave: (patch: AccountPatch) => void;
}

/** What a person sets about an account. Only what they changed is sent. */
export function AccountSettings({ account, busy, error, onSave }: AccountSettingsProps) {
  const [label, setLabel] = useState(account.label);
  const [policy, setPolicy] = useState<AccountPolicy>(account.policy);
  const [most, setMost] = useState(account.maxConcurrency === null ? '' : String(account.maxConcurrency));
  const [color, setColor] = useState(account.color);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const maxConcurrency = most === '' ? null : Number(most);
    onSave({
      ...(label.trim() === account.label ? {} : { label: label.trim() }),
      ...(policy === account.policy ? {} : { policy }),
      ...(maxConcurrency === account.maxConcurrency ? {} : { maxConcurrency }),
      ...(color === account.color ? {} : { color }),
    });
  };

  return (
    <form onSubmit={submit} className="grid gap-3.5">
      <TextField
        label="Name"
        required
        maxLength={80}
        value={label}
        onChange={(event) => setLabel(event.target.value)}
      />
      <div className="grid items-start gap-3.5 sm:grid-cols-2">
        <SelectField
          label="When it is used"
          value={policy}
          options={policyOptions}
          onChange={setPolicy}
          hint={policies[policy].hint}
        />
        <TextField
          label="Most calls at once"
          type="number"
          min={1}
          max={1_000}
          step={1}
          placeholder="no limit"
          value={most}
          onChange={(event) => setMost(event.target.value)}
          hint="Empty: no limit of its own."
        />
      </div>
      <ColorField value={color} onChange={setColor} />
      {error !== null && <Notice kind="error">{messageOf(error)}</Notice>}
      <Button type="submit" look="primary" disabled={busy} className="justify-self-end">
        {busy ? 'Saving…' : 'Save'}
      </Button>
    </form>
  );
}

const policyOptions = (Object.keys(policies) as AccountPolicy[]).map((value) => ({
  value,
  name: policies[value].name,
}));
