import type { AccountView } from '../../../src-shared/contract/account.ts';
import { forecastPool } from '../../../src-shared/domain/pool-forecast.ts';
import { headroom, windowName } from '../../../src-shared/domain/window.ts';
import { forecastSentence } from '../../../src-shared/format/forecast-sentence.ts';

interface PoolWindow {
  readonly name: string;
  readonly lengthMs: number;
  /** Mean of what is left, 0 to 1, over the accounts that have this window. */
  readonly left: number;
  readonly accounts: number;
  /** The next time one of them fills again; `null` where none is known. */
  readonly nextResetAt: number | null;
  /** What each account's coming reset gives back, as a share of the pool's window; the soonest first. */
  readonly resets: readonly { readonly label: string; readonly at: number; readonly givesBack: number }[];
  /** Where all of them together are heading; `null` while nothing is known of it. */
  readonly outlook: string | null;
}

/** What is left of the plan's own windows over all accounts in use, shortest window first. */
export function poolHeadroom(accounts: readonly AccountView[], now: number): PoolWindow[] {
  const windows = accounts
    .filter((account) => account.enabled)
    .flatMap((account) =>
      account.windows.flatMap((window) => (window.family === 'codex' ? [{ ...window, label: account.label }] : [])),
    );
  const byLength = Map.groupBy(windows, (window) => window.lengthMs);
  return [...byLength]
    .sort(([a], [b]) => a - b)
    .map(([lengthMs, group]) => {
      const resets = group
        .flatMap((window) =>
          window.resetsAt === null || window.resetsAt <= now
            ? []
            : [{ label: window.label, at: window.resetsAt, givesBack: (1 - headroom(window, now)) / group.length }],
        )
        .sort((a, b) => a.at - b.at);
      const forecast = forecastPool(group, now);
      const known = forecast.verdict !== 'unknown';
      return {
        name: windowName(lengthMs),
        lengthMs,
        left: group.reduce((sum, window) => sum + headroom(window, now), 0) / group.length,
        accounts: group.length,
        nextResetAt: resets[0]?.at ?? null,
        resets,
        outlook: known ? forecastSentence(forecast, forecast.nextResetAt, now, { of: 'pool' }) : null,
      };
    });
}
