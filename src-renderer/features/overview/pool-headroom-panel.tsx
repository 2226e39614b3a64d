import type { AccountView } from '../../../src-shared/contract/account.ts';
import { Meter } from '../../components/meter.tsx';
import { Panel } from '../../components/panel.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { useNow } from '../../components/use-now.ts';
import { formatShare } from '../../format/figures.ts';
import { poolHeadroom } from './pool-headroom.ts';

const listed = 4;

/** What is left of the pool now, when each account's reset gives some back, and where it is heading. */
export function PoolHeadroom({ accounts }: { accounts: readonly AccountView[] }) {
  const windows = poolHeadroom(accounts, useNow());
  return (
    <Panel title="Headroom of the pool">
      <ul className="grid gap-3 px-4 py-3">
        {windows.length === 0 && (
          <li className="text-muted">No quota window of an account that is switched on is known.</li>
        )}
        {windows.map((window) => (
          <li key={window.lengthMs}>
            <div className="flex items-baseline justify-between">
              <span>{window.name}</span>
              <span className="font-medium">{formatShare(window.left)} left</span>
            </div>
            <Meter label={`${window.name} headroom of the pool`} left={window.left} fill="bg-accent-fill" />
            <div className="flex justify-between text-sm text-muted">
              <span>{window.accounts === 1 ? '1 account' : `mean of ${window.accounts} accounts`}</span>
              {window.nextResetAt !== null && (
                <span>
                  next reset <RelativeTime at={window.nextResetAt} fine />
                </span>
              )}
            </div>
            {window.accounts > 1 && window.resets.length > 0 && (
              <ul className="mt-1 grid gap-0.5 text-sm text-muted">
                {window.resets.slice(0, listed).map(({ label, at, givesBack }) => (
                  <li key={`${label} ${at}`} className="flex justify-between gap-3">
                    <span className="truncate">{label}</span>
                    <span className="whitespace-nowrap">
                      +{formatShare(givesBack)} <RelativeTime at={at} fine />
                    </span>
                  </li>
                ))}
              </ul>
            )}
            {window.outlook !== null && <p className="text-sm text-muted">{window.outlook}</p>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
