import type { SubsystemState } from '../../../src-shared/contract/public-status.ts';

/** How long one bar of a history is, ms; the last one ends now. */
export const barMs = 8 * 3_600_000;

export interface HistoryBar {
  readonly from: number;
  readonly to: number;
  /** The worst state that was measured; `null` where nothing was. */
  readonly state: SubsystemState | null;
}

/** When each bar of a history was, `at` being when it was read. */
export const historyBars = (history: readonly (SubsystemState | null)[], at: number): HistoryBar[] =>
  history.map((state, index) => {
    const to = at - (history.length - 1 - index) * barMs;
    return { from: to - barMs, to, state };
  });
