import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import { messageOf } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Notice } from '../../components/notice.tsx';
import { Panel } from '../../components/panel.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { formatCount } from '../../format/figures.ts';
import { AffinityRow, affinityColumns, affinityRowHeight } from './affinity-row.tsx';
import { useAffinities, useRelease } from './use-routing.ts';

const aheadRows = 20;

/** Which account holds which conversation. A released one chooses anew with its next call. */
export function AffinityPanel({ total }: { total: number | null }) {
  const affinities = useAffinities();
  const { one, all } = useRelease();
  const [asking, setAsking] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = affinities.data?.pages.flatMap((page) => page.affinities) ?? [];
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => affinityRowHeight,
    getItemKey: (index) => rows[index]?.conversationId ?? index,
    overscan: 8,
  });
  const failed = [one, all].find(({ isError }) => isError);
  return (
    <Panel
      title={`Conversations tied to an account${total === null ? '' : `: ${formatCount(total)}`}`}
      action={
        rows.length > 0 && (
          <Button look="danger" className="h-6.5" onClick={() => setAsking(true)}>
            Release all…
          </Button>
        )
      }
    >
      {failed !== undefined && (
        <div className="px-4 py-2">
          <Notice kind="error">{messageOf(failed.error)}</Notice>
        </div>
      )}
      {affinities.isPending && <Skeleton className="m-4 h-24" />}
      {affinities.isError && (
        <p role="alert" className="px-4 py-3">
          {messageOf(affinities.error)}
        </p>
      )}
      {affinities.isSuccess && rows.length === 0 && (
        <p className="px-4 py-3 text-muted">No conversation is tied. One is, as soon as an account has answered it.</p>
      )}
      {rows.length > 0 && (
        <div className="@container">
          <div aria-hidden className={`${affinityColumns} h-8 border-b border-line bg-canvas text-sm text-muted`}>
            <span>Conversation</span>
            <span className="@max-[36rem]:hidden">Account</span>
            <span className="text-right @max-[36rem]:hidden">Turns</span>
            <span className="text-right @max-[36rem]:hidden">In cache</span>
            <span className="text-right">Used</span>
          </div>
          <section
            ref={scroller}
            aria-label="Conversations, used last first"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by the keyboard too
            tabIndex={0}
            className="max-h-72 overflow-y-auto focus-visible:-outline-offset-2"
            onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
              const nearEnd = scrollHeight - scrollTop - clientHeight < aheadRows * affinityRowHeight;
              if (nearEnd && affinities.hasNextPage && !affinities.isFetching) void affinities.fetchNextPage();
            }}
          >
            <ul className="relative" style={{ height: virtual.getTotalSize() }}>
              {virtual.getVirtualItems().map(({ index, start, key }) => {
                const row = rows[index];
                return (
                  row !== undefined && (
                    <AffinityRow
                      key={key}
                      tie={row}
                      start={start}
                      busy={one.isPending}
                      onRelease={() => one.mutate(row.conversationId)}
                    />
                  )
                );
              })}
            </ul>
          </section>
        </div>
      )}
      {asking && (
        <Dialog title="Release all conversations" onClose={() => setAsking(false)}>
          <div className="grid gap-4">
            <p>
              Each of them chooses an account anew with its next call. Where that is another one, the prompt cache of
              the old one is lost: the call costs more quota and begins slower.
            </p>
            <Button
              look="danger"
              className="justify-self-end"
              disabled={all.isPending}
              onClick={() => all.mutate(undefined, { onSettled: () => setAsking(false) })}
            >
              {all.isPending ? 'Releasing…' : 'Release all'}
            </Button>
          </div>
        </Dialog>
      )}
    </Panel>
  );
}
