import { Link } from 'wouter';
import type { AffinityView } from '../../../src-shared/contract/affinity.ts';
import { formatTokens } from '../../../src-shared/format/tokens.ts';
import { Button } from '../../components/button.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { formatCount, unknown } from '../../format/figures.ts';

/** px */
export const affinityRowHeight = 36;
export const affinityColumns =
  'grid grid-cols-[minmax(0,1fr)_3.5rem_4.5rem] items-center gap-x-3 px-4 @min-[36rem]:grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)_4rem_5.5rem_4.5rem_4.5rem]';

interface AffinityRowProps {
  readonly tie: AffinityView;
  /** From the top of the list, px. */
  readonly start: number;
  readonly busy: boolean;
  readonly onRelease: () => void;
}

export function AffinityRow({ tie, start, busy, onRelease }: AffinityRowProps) {
  const { conversationId, accountId, accountLabel, turns, cachedTokens, usedAt } = tie;
  return (
    <li
      className={`${affinityColumns} absolute inset-x-0 border-b border-line/60`}
      style={{ height: affinityRowHeight, transform: `translateY(${start}px)` }}
    >
      <span className="truncate font-mono text-sm" title={conversationId}>
        {conversationId}
      </span>
      <span className="truncate @max-[36rem]:hidden">
        <Link href={`/accounts?show=${encodeURIComponent(accountId)}`} className="hover:text-accent hover:underline">
          {accountLabel ?? 'gone'}
        </Link>
      </span>
      <span className="text-right @max-[36rem]:hidden">
        {formatCount(turns)}
        <span className="sr-only"> turns</span>
      </span>
      <span className="text-right text-muted @max-[36rem]:hidden">
        {cachedTokens === null ? unknown : formatTokens(cachedTokens)}
        <span className="sr-only"> tokens in the cache</span>
      </span>
      <span className="text-right text-muted">
        <span className="sr-only">used </span>
        <RelativeTime at={usedAt} bare />
      </span>
      <span className="text-right">
        <Button
          look="quiet"
          className="h-6 px-1.5"
          disabled={busy}
          aria-label={`Release ${conversationId}`}
          onClick={onRelease}
        >
          Release
        </Button>
      </span>
    </li>
  );
}
