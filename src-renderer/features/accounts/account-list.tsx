import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { AccountMove, AccountView } from '../../../src-shared/contract/account.ts';
import { moveAccount } from '../../api/account-requests.ts';
import { messageOf } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { Notice } from '../../components/notice.tsx';
import { AccountCard } from './account-card.tsx';

/** The accounts in the person's order, which they change here. */
export function AccountList({ accounts, shownId }: { accounts: readonly AccountView[]; shownId: string | null }) {
  const queries = useQueryClient();
  const move = useMutation({
    mutationFn: ({ id, place }: { id: string; place: AccountMove }) => moveAccount(id, place),
    onSuccess: (ordered) => void queries.setQueryData(queryKeys.accounts, ordered),
    onError: () => queries.invalidateQueries({ queryKey: queryKeys.accounts }),
  });
  const mover = (id: string, neighbour: AccountView | undefined, side: 'before' | 'after') =>
    neighbour === undefined ? null : () => move.mutate({ id, place: { [side]: neighbour.id } });
  return (
    <>
      {move.isError && <Notice kind="error">{messageOf(move.error)}</Notice>}
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(21rem,100%),1fr))] gap-3">
        {accounts.map((account, at) => (
          <AccountCard
            key={account.id}
            account={account}
            shown={account.id === shownId}
            moveUp={mover(account.id, accounts[at - 1], 'before')}
            moveDown={mover(account.id, accounts[at + 1], 'after')}
          />
        ))}
      </ul>
    </>
  );
}
