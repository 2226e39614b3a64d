import { Plus } from 'lucide-react';
import { useState } from 'react';
import { canServe } from '../../../src-shared/domain/account-health.ts';
import { messageOf } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Notice } from '../../components/notice.tsx';
import { EmptyState, ErrorState, LoadingState, Page } from '../../components/page.tsx';
import { AccountCard } from './account-card.tsx';
import { AddAccountForm } from './add-account-form.tsx';
import { useAccountChanges, useAccounts } from './use-accounts.ts';

export function AccountsPage() {
  const accounts = useAccounts();
  const { add, remove, setEnabled } = useAccountChanges();
  const [adding, setAdding] = useState(false);
  const list = accounts.data?.accounts;
  const failure = remove.error ?? setEnabled.error;
  const startAdding = () => {
    add.reset();
    setAdding(true);
  };
  const addButton = (
    <Button look="primary" onClick={startAdding}>
      <Plus size={15} />
      Add account
    </Button>
  );
  return (
    <Page
      title="Accounts"
      note={list === undefined ? undefined : countOf(list.length, list.filter((a) => canServe(a.health.state)).length)}
      actions={addButton}
    >
      <div className="grid gap-3">
        {failure !== null && <Notice kind="error">{messageOf(failure)}</Notice>}
        {list === undefined && accounts.isPending && <LoadingState />}
        {list === undefined && accounts.isError && (
          <ErrorState error={accounts.error} onRetry={() => void accounts.refetch()} />
        )}
        {list?.length === 0 && (
          <EmptyState title="No accounts yet">
            <p>Relay sends calls to your own accounts. Add an API key, or import a Codex login, to begin.</p>
            {addButton}
          </EmptyState>
        )}
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(21rem,100%),1fr))] gap-3">
          {list?.map((account) => (
            <AccountCard
              key={account.id}
              account={account}
              busy={setEnabled.isPending && setEnabled.variables.id === account.id}
              onEnabled={(enabled) => setEnabled.mutate({ id: account.id, enabled })}
              onRemove={() => remove.mutate(account.id)}
            />
          ))}
        </ul>
      </div>
      {adding && (
        <Dialog title="Add an account" onClose={() => setAdding(false)}>
          <AddAccountForm
            busy={add.isPending}
            error={add.isError ? messageOf(add.error) : null}
            onSubmit={(account) => add.mutate(account, { onSuccess: () => setAdding(false) })}
          />
        </Dialog>
      )}
    </Page>
  );
}

const countOf = (all: number, ready: number): string => (all === 0 ? '' : `${ready} of ${all} ready`);
