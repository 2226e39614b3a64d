import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { SignInMethod, SignInView } from '../../../src-shared/contract/sign-in.ts';
import { cancelSignIn, finishSignIn, getSignIns, startSignIn } from '../../api/account-requests.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { webAddress } from './web-address.ts';

interface SignIns {
  readonly signIns: readonly SignInView[];
}

/** Live events tell of an end at once; this is for when they are held up. */
const lookEveryMs = 3_000;

/** One sign-in from its start to its end. It is given up where the person leaves it, so that its port is free again. */
export function useSignIn(accountId: string | null) {
  const queries = useQueryClient();
  const keep = (view: SignInView) => {
    // What is being read now may be from before.
    void queries.cancelQueries({ queryKey: queryKeys.signIns });
    queries.setQueryData<SignIns>(queryKeys.signIns, (list) => ({
      signIns: [...(list?.signIns.filter((one) => one.id !== view.id) ?? []), view],
    }));
  };
  const start = useMutation({
    mutationFn: ({ method, label }: { method: SignInMethod; label: string }) =>
      startSignIn({
        method,
        ...(accountId === null ? {} : { accountId }),
        ...(label.trim() === '' ? {} : { label: label.trim() }),
      }),
    onSuccess: (view) => {
      keep(view);
      const { method, url } = view;
      const address = webAddress(url);
      // Where the browser holds it back, the link that is shown does the same.
      if (method !== 'device' && address !== null) window.open(address, '_blank', 'noopener,noreferrer');
    },
  });
  const started = start.data ?? null;
  const id = started?.id ?? null;
  const paste = useMutation({ mutationFn: (url: string) => finishSignIn(id ?? '', url), onSuccess: keep });
  const list = useQuery({
    queryKey: queryKeys.signIns,
    queryFn: getSignIns,
    enabled: id !== null,
    refetchInterval: ({ state }) => (ended(state.data?.signIns, id) ? false : lookEveryMs),
  });
  const told = list.data?.signIns.find((one) => one.id === id);
  const signIn = told ?? (started === null || list.data === undefined ? started : forgotten(started));
  const state = signIn?.state ?? null;

  useEffect(() => {
    if (id === null || state !== 'waiting') return;
    return () => {
      const now = queries.getQueryData<SignIns>(queryKeys.signIns)?.signIns;
      if (!ended(now, id)) cancelSignIn(id).catch(() => undefined);
    };
  }, [id, state, queries]);

  useEffect(() => {
    if (state === 'done') void queries.invalidateQueries({ queryKey: queryKeys.accounts });
  }, [state, queries]);

  return { signIn, start, paste };
}

const ended = (signIns: readonly SignInView[] | undefined, id: string | null): boolean =>
  signIns?.some((one) => one.id === id && one.state !== 'waiting') ?? false;

const forgotten = (signIn: SignInView): SignInView => ({
  ...signIn,
  state: 'expired',
  message: 'Relay does not know of this sign-in any more, because it was started anew. Start the sign-in again.',
});
