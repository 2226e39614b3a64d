import { type SubmitEvent, useState } from 'react';
import type { KeyCreate } from '../../../src-shared/contract/key.ts';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';

interface CreateKeyFormProps {
  readonly busy: boolean;
  readonly error: string | null;
  readonly onSubmit: (key: KeyCreate) => void;
}

export function CreateKeyForm({ busy, error, onSubmit }: CreateKeyFormProps) {
  const [name, setName] = useState('');
  const [project, setProject] = useState('');
  const [member, setMember] = useState('');

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (name.trim() === '') return;
    onSubmit({ name: name.trim(), project: orNull(project), member: orNull(member) });
  };

  return (
    <form onSubmit={submit} className="grid gap-3.5">
      <TextField
        label="Name"
        required
        autoFocus
        maxLength={80}
        placeholder="Codex on my laptop"
        value={name}
        onChange={(event) => setName(event.target.value)}
        hint="It appears beside every call that is made with the key."
      />
      <div className="grid gap-3.5 sm:grid-cols-2">
        <TextField
          label="Project (optional)"
          maxLength={80}
          value={project}
          onChange={(event) => setProject(event.target.value)}
        />
        <TextField
          label="Member (optional)"
          maxLength={80}
          value={member}
          onChange={(event) => setMember(event.target.value)}
        />
      </div>
      {error !== null && <Notice kind="error">{error}</Notice>}
      <Button type="submit" look="primary" disabled={busy} className="justify-self-end">
        {busy ? 'Creating…' : 'Create key'}
      </Button>
    </form>
  );
}

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());
