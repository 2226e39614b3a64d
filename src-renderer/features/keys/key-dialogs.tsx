import { useState } from 'react';
import type { KeyCreated, KeyView } from '../../../src-shared/contract/key.ts';
import { messageOf } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { useAccounts } from '../accounts/use-accounts.ts';
import { useStatus } from '../overview/use-status.ts';
import { RevokeKey, RotateKey } from './end-key.tsx';
import { createOf, draftOf, type KeyDraft, patchOf } from './key-draft.ts';
import { KeyForm } from './key-form.tsx';
import { NewKey } from './new-key.tsx';
import { useKeyChanges } from './use-keys.ts';

export type KeyDialog =
  | { readonly what: 'create' }
  | { readonly what: 'edit' | 'rotate' | 'revoke'; readonly id: string };

interface KeyDialogsProps {
  readonly dialog: KeyDialog | null;
  readonly keys: readonly KeyView[];
  readonly onClose: () => void;
}

/** What is done to keys; a secret that comes out of it is shown once. */
export function KeyDialogs({ dialog, keys, onClose }: KeyDialogsProps) {
  const { create, rotate, change, revoke } = useKeyChanges();
  const [created, setCreated] = useState<KeyCreated | null>(null);
  const close = () => {
    for (const mutation of [create, rotate, change, revoke]) mutation.reset();
    onClose();
  };
  const show = (answer: KeyCreated) => {
    setCreated(answer);
    onClose();
  };
  const forget = () => {
    setCreated(null);
    create.reset();
    rotate.reset();
  };
  const save = (key: KeyView, before: KeyDraft, draft: KeyDraft) => {
    const patch = patchOf(before, draft);
    if (Object.keys(patch).length === 0) return close();
    change.mutate({ id: key.id, patch }, { onSuccess: close });
  };
  if (created !== null) return <Secret created={created} onClose={forget} />;
  if (dialog === null) return null;
  if (dialog.what === 'create') {
    return (
      <Dialog title="Create a key" wide onClose={close}>
        <KeyForm
          isNew
          before={draftOf(null)}
          busy={create.isPending}
          error={sentenceOf(create.error)}
          onSubmit={(draft) => create.mutate(createOf(draft), { onSuccess: show })}
        />
      </Dialog>
    );
  }
  const key = keys.find(({ id }) => id === dialog.id);
  if (key === undefined) return null;
  if (dialog.what === 'edit') {
    const before = draftOf(key);
    return (
      <Dialog title={`Edit “${key.name}”`} wide onClose={close}>
        <KeyForm
          isNew={false}
          before={before}
          busy={change.isPending}
          error={sentenceOf(change.error)}
          onSubmit={(draft) => save(key, before, draft)}
        />
      </Dialog>
    );
  }
  if (dialog.what === 'rotate') {
    return (
      <RotateKey
        keyView={key}
        busy={rotate.isPending}
        error={sentenceOf(rotate.error)}
        onClose={close}
        onRotate={(graceMs) => rotate.mutate({ id: key.id, graceMs }, { onSuccess: show })}
      />
    );
  }
  return (
    <RevokeKey
      keyView={key}
      busy={revoke.isPending}
      error={sentenceOf(revoke.error)}
      onClose={close}
      onRevoke={(cut) => revoke.mutate({ id: key.id, cut }, { onSuccess: close })}
    />
  );
}

const sentenceOf = (error: unknown): string | null => (error === null ? null : messageOf(error));

function Secret({ created, onClose }: { created: KeyCreated; onClose: () => void }) {
  const status = useStatus();
  const accounts = useAccounts();
  return (
    <Dialog title={`Key “${created.key.name}”`} onClose={onClose}>
      <NewKey
        secret={created.secret}
        url={status.data?.url ?? location.origin}
        model={accounts.data?.accounts.flatMap((account) => account.models)[0] ?? null}
      />
      <div className="mt-4 flex justify-end">
        <Button look="primary" onClick={onClose}>
          I have copied it
        </Button>
      </div>
    </Dialog>
  );
}
