import { useState } from 'react';
import type { AccountPatch, AccountView } from '../../../src-shared/contract/account.ts';
import { editAccount, removeAccount } from '../../api/account-requests.ts';
import { Dialog } from '../../components/dialog.tsx';
import { AccountHistory } from './account-history.tsx';
import type { CardDialog } from './account-menu.ts';
import { AccountModels } from './account-models.tsx';
import { AccountSettings } from './account-settings.tsx';
import { RemoveAccount } from './remove-account.tsx';
import { SignInAgain } from './sign-in-again.tsx';
import { useAccountAction } from './use-accounts.ts';

interface AccountDialogProps {
  readonly account: AccountView;
  readonly dialog: CardDialog;
  readonly onClose: () => void;
}

const titles: Readonly<Record<CardDialog, string>> = {
  'sign-in': 'Sign in again',
  settings: 'Settings',
  models: 'Models',
  history: 'History',
  remove: 'Remove',
};

/** What a card's menu opens. */
export function AccountDialog({ account, dialog, onClose }: AccountDialogProps) {
  const action = useAccountAction(account.id);
  // The name as it was when it was opened: a heading that changes while one types in a new name would be odd.
  const [label] = useState(account.label);
  const run = (work: () => Promise<unknown>) => action.mutate(work, { onSuccess: onClose });
  const state = { account, busy: action.isPending, error: action.error };
  return (
    <Dialog title={`${titles[dialog]}: ${label}`} onClose={onClose}>
      {dialog === 'sign-in' && <SignInAgain account={account} onDone={onClose} />}
      {dialog === 'settings' && (
        <AccountSettings
          {...state}
          onSave={(patch) => (isEmpty(patch) ? onClose() : run(() => editAccount(account.id, patch)))}
        />
      )}
      {dialog === 'models' && <AccountModels id={account.id} />}
      {dialog === 'history' && <AccountHistory id={account.id} />}
      {dialog === 'remove' && (
        <RemoveAccount {...state} onRemove={() => run(() => removeAccount(account.id))} onCancel={onClose} />
      )}
    </Dialog>
  );
}

const isEmpty = (patch: AccountPatch): boolean => Object.keys(patch).length === 0;
