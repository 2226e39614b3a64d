import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { RefreshCw } from 'lucide-react';
import type { AccountModels as AccountModelsView } from '../../../src-shared/contract/account-models.ts';
import { getAccountModels, refreshAccountModels } from '../../api/account-requests.ts';
import { messageOf } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { ErrorState, LoadingState } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { useNow } from '../../components/use-now.ts';
import { formatCount } from '../../format/figures.ts';

type Model = AccountModelsView['models'][number];

/** The models of one account; those it refused lately stand first. */
export function AccountModels({ id }: { id: string }) {
  const queries = useQueryClient();
  const now = useNow();
  const queryKey = queryKeys.accountModels(id);
  const models = useQuery({ queryKey, queryFn: () => getAccountModels(id), staleTime: 0 });
  const refresh = useMutation({
    mutationFn: () => refreshAccountModels(id),
    onSuccess: (read) => void queries.setQueryData(queryKey, read),
  });
  if (models.isPending) return <LoadingState />;
  if (models.isError) return <ErrorState error={models.error} onRetry={() => void models.refetch()} />;
  const { models: list, readAt } = models.data;
  const lacking = list.filter((model) => lacks(model, now));
  return (
    <div className="grid gap-3">
      <div className="flex items-center justify-between gap-3 text-muted">
        <span>
          {readAt === null ? (
            'Its list is not known yet.'
          ) : (
            <>
              Read <RelativeTime at={readAt} />
            </>
          )}
        </span>
        <Button disabled={refresh.isPending} onClick={() => refresh.mutate()}>
          <RefreshCw size={13} aria-hidden />
          {refresh.isPending ? 'Reading…' : 'Read again'}
        </Button>
      </div>
      {refresh.isError && <Notice kind="error">{messageOf(refresh.error)}</Notice>}
      {list.length > 0 && (
        <ul className="divide-y divide-line rounded-md border border-line">
          {[...lacking, ...list.filter((model) => !lacks(model, now))].map((model) => (
            <ModelRow key={model.slug} model={model} isLacking={lacks(model, now)} />
          ))}
        </ul>
      )}
    </div>
  );
}

const lacks = ({ refusedUntil }: Model, now: number): boolean => refusedUntil !== null && refusedUntil > now;

function ModelRow({ model, isLacking }: { model: Model; isLacking: boolean }) {
  const { slug, contextWindow, efforts, plans, listed, hidden, refusedUntil } = model;
  const notes = [
    contextWindow === null ? null : `${formatCount(contextWindow)} tokens`,
    efforts.length === 0 ? null : efforts.join(', '),
    plans === null ? null : `plans: ${plans.join(', ')}`,
    hidden ? 'hidden in ChatGPT' : null,
    listed ? null : 'not in its list',
  ].filter((note) => note !== null);
  return (
    <li className="px-3 py-1.5">
      <p className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className="font-mono text-sm break-all">{slug}</span>
        {isLacking && refusedUntil !== null && (
          <span className="text-sm text-warn">
            refused; asked again <RelativeTime at={refusedUntil} />
          </span>
        )}
      </p>
      {notes.length > 0 && <p className="text-sm text-muted">{notes.join(' · ')}</p>}
    </li>
  );
}
