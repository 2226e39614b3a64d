import type { AccountView } from '../../src-shared/contract/account.ts';
import { forecastWindow } from '../../src-shared/domain/forecast.ts';
import { staleReason } from '../../src-shared/domain/staleness.ts';
import { isOver, type QuotaWindow, windowName } from '../../src-shared/domain/window.ts';
import { forecastSentence } from '../../src-shared/format/forecast-sentence.ts';
import { type Account, windowKey } from './account.ts';
import { burnOf, contradictionOf } from './window-track.ts';

/** A window as people and scripts see it: how old and how sure the reading is, and where it is heading. */
export function viewWindow(account: Account, window: QuotaWindow, now: number): AccountView['windows'][number] {
  const track = account.tracks.get(windowKey(window));
  const forecast = forecastWindow(window, burnOf(track, window.lengthMs), now);
  const stale = staleReason(window, account, now);
  return {
    ...window,
    usedPercent: isOver(window, now) ? 0 : window.usedPercent,
    name: windowName(window.lengthMs),
    stale: stale !== null,
    staleReason: stale,
    contradicts: contradictionOf(track, now),
    forecast: forecast === null ? null : { ...forecast, sentence: forecastSentence(forecast, window.resetsAt, now) },
  };
}
