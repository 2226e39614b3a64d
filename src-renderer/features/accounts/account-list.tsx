import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLayoutEffect, useRef } from 'react';
import type { AccountMove, AccountView } from '../../../src-shared/contract/account.ts';
import { moveAccount } from '../../api/account-requests.ts';
import { messageOf } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { Notice } from '../../components/notice.tsx';
import { AccountCard } from './account-card.tsx';

/** The accounts in the person's order, which they change here. */
export function AccountList({ accounts }: { accounts: readonly AccountView[] }) {
  const queries = useQueryClient();
  const list = useRef<HTMLUListElement>(null);
  const moved = useRef<string | null>(null);
  const move = useMutation({
    mutationFn: ({ id, place }: { id: string; place: AccountMove }) => moveAccount(id, place),
    onSuccess: (ordered) => void queries.setQueryData(queryKeys.accounts, ordered),
    onError: () => queries.invalidateQueries({ queryKey: queryKeys.accounts }),
  });
  const order = accounts.map(({ id }) => id).join(' ');

  // A card that changes its place loses the focus, and one wants to move it further.
  // biome-ignore lint/correctness/useExhaustiveDependencies: this is for when the order changes
  useLayoutEffect(() => {
    const id = moved.current;
    moved.current = null;
    if (id === null) return;
    const card = [...(list.current?.children ?? [])].find((one) => one.getAttribute('data-account') === id);
    card?.querySelector<HTMLElement>('[aria-haspopup=menu]')?.focus();
  }, [order]);

  const mover = (id: string, neighbour: AccountView | undefined, side: 'before' | 'after') =>
    neighbour === undefined
      ? null
      : () => {
          moved.current = id;
          move.mutate({ id, place: { [side]: neighbour.id } });
        };
  return (
    <>
      {move.isError && <Notice kind="error">{messageOf(move.error)}</Notice>}
      <ul ref={list} className="grid grid-cols-[repeat(auto-fill,minmax(min(21rem,100%),1fr))] gap-3">
        {accounts.map((account, at) => (
          <AccountCard
            key={account.id}
            account={account}
            moveUp={mover(account.id, accounts[at - 1], 'before')}
            moveDown={mover(account.id, accounts[at + 1], 'after')}
          />
        ))}
      </ul>
    </>
  );
}
