import type { KeyUseView } from '../../../src-shared/contract/key.ts';
import { formatTokens } from '../../../src-shared/format/tokens.ts';
import { UsageBar } from '../../components/usage-bar.tsx';
import { formatCount } from '../../format/figures.ts';

interface KeyUseBarsProps {
  readonly use: KeyUseView;
  readonly concurrency: number | null;
}

/** How much of a key's limits is used at this moment. */
export function KeyUseBars({ use, concurrency }: KeyUseBarsProps) {
  const { requests, tokens, inFlight, waiting } = use;
  return (
    <div className="grid gap-1.5">
      {requests !== null && (
        <UsageBar
          label="Requests/min"
          used={requests.limit - requests.left}
          limit={requests.limit}
          format={formatCount}
        />
      )}
      {tokens !== null && (
        <UsageBar label="Tokens/min" used={tokens.limit - tokens.left} limit={tokens.limit} format={formatTokens} />
      )}
      {concurrency !== null && (
        <UsageBar
          label={waiting === 0 ? 'At once' : `At once, ${formatCount(waiting)} waiting`}
          used={inFlight}
          limit={concurrency}
          format={formatCount}
        />
      )}
    </div>
  );
}
