import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { AccountView } from '../../../src-shared/contract/account.ts';
import type { HealthState } from '../../../src-shared/domain/account-health.ts';
import { testAccount } from '../../api/account-requests.ts';
import { messageOf } from '../../api/client.ts';
import { Notice } from '../../components/notice.tsx';
import { AccountDialog } from '../accounts/account-dialog.tsx';
import type { CardDialog } from '../accounts/account-menu.ts';
import { CardRemedy } from '../accounts/card-remedy.tsx';
import { useAccountAction } from '../accounts/use-accounts.ts';

const needsSomeone: ReadonlySet<HealthState> = new Set(['needs-sign-in', 'unlock-keyring', 'unreachable']);

/** Accounts that cannot be used until someone does something, each with what helps; those switched off only where all are. */
export function Attention({ accounts }: { accounts: readonly AccountView[] }) {
  if (accounts.length > 0 && accounts.every(({ enabled }) => !enabled)) {
    return (
      <Notice kind="warning">
        Every account is switched off, so no call can be served.{' '}
        <Link href="/accounts" className="font-medium whitespace-nowrap text-accent underline underline-offset-2">
          Switch one on
        </Link>
      </Notice>
    );
  }
  return accounts
    .filter(({ health }) => needsSomeone.has(health.state))
    .map((account) => <Stuck key={account.id} account={account} />);
}

function Stuck({ account }: { account: AccountView }) {
  const [dialog, setDialog] = useState<CardDialog | null>(null);
  const action = useAccountAction(account.id);
  const test = useMutation({ mutationFn: () => testAccount(account.id) });
  const fault = action.error ?? test.error;
  return (
    <>
      <Notice kind="warning">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
          <p className="min-w-0 break-words">
            <Link href={`/accounts?show=${encodeURIComponent(account.id)}`} className="font-semibold hover:underline">
              {account.label}:
            </Link>{' '}
            {account.health.reason}
            {fault !== null && <span className="text-bad"> {messageOf(fault)}</span>}
          </p>
          <CardRemedy
            account={account}
            busy={action.isPending || test.isPending}
            actions={{ act: action.mutate, test: test.mutate, open: setDialog, moveUp: null, moveDown: null }}
          />
        </div>
      </Notice>
      {dialog !== null && <AccountDialog account={account} dialog={dialog} onClose={() => setDialog(null)} />}
    </>
  );
}
