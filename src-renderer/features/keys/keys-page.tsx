import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { KeyCreated } from '../../../src-shared/contract/key.ts';
import { messageOf } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Notice } from '../../components/notice.tsx';
import { EmptyState, ErrorState, LoadingState, Page } from '../../components/page.tsx';
import { useAccounts } from '../accounts/use-accounts.ts';
import { useStatus } from '../overview/use-status.ts';
import { CreateKeyForm } from './create-key-form.tsx';
import { KeyList } from './key-list.tsx';
import { NewKey } from './new-key.tsx';
import { useKeyChanges, useKeys } from './use-keys.ts';

export function KeysPage() {
  const keys = useKeys();
  const status = useStatus();
  const accounts = useAccounts();
  const { create, rotate, revoke } = useKeyChanges();
  const [creating, setCreating] = useState(false);
  const [created, setCreated] = useState<KeyCreated | null>(null);
  const list = keys.data?.keys;
  const failure = rotate.error ?? revoke.error;
  const startCreating = () => {
    create.reset();
    setCreating(true);
  };
  const forget = () => {
    setCreated(null);
    create.reset();
    rotate.reset();
  };
  const createButton = (
    <Button look="primary" onClick={startCreating}>
      <Plus size={15} />
      Create key
    </Button>
  );
  return (
    <Page title="Keys" note="What your clients send to Relay" actions={createButton}>
      <div className="grid gap-3">
        {failure !== null && <Notice kind="error">{messageOf(failure)}</Notice>}
        {list === undefined && keys.isPending && <LoadingState />}
        {list === undefined && keys.isError && <ErrorState error={keys.error} onRetry={() => void keys.refetch()} />}
        {list?.length === 0 && (
          <EmptyState title="No keys yet">
            <p>A client needs a Relay key. Make one for each client or machine, so that you can revoke it alone.</p>
            {createButton}
          </EmptyState>
        )}
        {list !== undefined && list.length > 0 && (
          <KeyList
            keys={list}
            busy={rotate.isPending || revoke.isPending}
            onRotate={(id) => rotate.mutate(id, { onSuccess: setCreated })}
            onRevoke={(id) => revoke.mutate(id)}
          />
        )}
      </div>
      {creating && (
        <Dialog title="Create a key" onClose={() => setCreating(false)}>
          <CreateKeyForm
            busy={create.isPending}
            error={create.isError ? messageOf(create.error) : null}
            onSubmit={(key) =>
              create.mutate(key, {
                onSuccess: (answer) => {
                  setCreating(false);
                  setCreated(answer);
                },
              })
            }
          />
        </Dialog>
      )}
      {created !== null && (
        <Dialog title={`Key “${created.key.name}”`} onClose={forget}>
          <NewKey
            secret={created.secret}
            url={status.data?.url ?? location.origin}
            model={accounts.data?.accounts.flatMap((account) => account.models)[0] ?? null}
          />
          <div className="mt-4 flex justify-end">
            <Button look="primary" onClick={forget}>
              I have copied it
            </Button>
          </div>
        </Dialog>
      )}
    </Page>
  );
}
