import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { canServe } from '../../../src-shared/domain/account-health.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { EmptyState, ErrorState, LoadingState, Page } from '../../components/page.tsx';
import { AccountList } from './account-list.tsx';
import { AddAccountForm } from './add-account-form.tsx';
import { useAccounts } from './use-accounts.ts';

export function AccountsPage() {
  const accounts = useAccounts();
  const [, navigate] = useLocation();
  const given = new URLSearchParams(useSearch());
  const [chosen, setAdding] = useState(false);
  const adding = chosen || given.has('new');
  const close = () => {
    setAdding(false);
    if (given.has('new')) navigate('/accounts', { replace: true });
  };
  const list = accounts.data?.accounts;
  const addButton = (
    <Button look="primary" onClick={() => setAdding(true)}>
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
        {list === undefined && accounts.isPending && <LoadingState />}
        {list === undefined && accounts.isError && (
          <ErrorState error={accounts.error} onRetry={() => void accounts.refetch()} />
        )}
        {list?.length === 0 && (
          <EmptyState title="No accounts yet">
            <p>Relay sends calls to your own accounts. Sign in with ChatGPT, or add an API key, to begin.</p>
            {addButton}
          </EmptyState>
        )}
        {list !== undefined && list.length > 0 && <AccountList accounts={list} shownId={given.get('show')} />}
      </div>
      {adding && (
        <Dialog title="Add an account" onClose={close}>
          <AddAccountForm onDone={close} />
        </Dialog>
      )}
    </Page>
  );
}

const countOf = (all: number, ready: number): string => (all === 0 ? '' : `${ready} of ${all} ready`);
