import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { DesktopBridge, DesktopInput } from '../../../src-shared/contract/desktop.ts';
import { Button } from '../../components/button.tsx';

const factsKey = ['desktop-facts'];

/** The app's updates and its folders. */
export function AppActions({ desktop }: { desktop: DesktopBridge }) {
  const queries = useQueryClient();
  const facts = useQuery({ queryKey: factsKey, queryFn: () => desktop.facts({}), staleTime: 0 });
  const show = useMutation({ mutationFn: (folder: DesktopInput<'show'>['folder']) => desktop.show({ folder }) });
  const update = useMutation({
    mutationFn: (wish: DesktopInput<'update'>['do']) => desktop.update({ do: wish }),
    onSettled: () => queries.invalidateQueries({ queryKey: factsKey }),
  });
  const now = facts.data?.update;
  const wish = now?.state === 'ready' ? 'install' : 'check';
  return (
    <div className="grid gap-2.5">
      {now !== undefined && <p className="text-muted">{now.sentence}</p>}
      <div className="flex flex-wrap gap-2">
        {now !== undefined && now.state !== 'off' && (
          <Button disabled={update.isPending} onClick={() => update.mutate(wish)}>
            {wish === 'install' ? 'Install and restart' : 'Look for updates'}
          </Button>
        )}
        <Button onClick={() => show.mutate('data')}>Show data folder</Button>
        <Button onClick={() => show.mutate('logs')}>Show logs</Button>
      </div>
    </div>
  );
}
