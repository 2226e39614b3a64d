import type { QuotaWindow } from '../../src-shared/domain/window.ts';
import { asObject, asText, type JsonObject } from '../protocol/json-object.ts';
import { CODE_REVIEW_FAMILY } from './account.ts';
import { familyName, figure, resetFromSeconds, windowOf } from './quota-bounds.ts';

/** The windows of a `codex.rate_limits` event, where lengths are minutes (PROTOCOL 3.5). */
export function readRateLimitEvent(event: unknown, now: number): QuotaWindow[] {
  const json = asObject(event);
  const family = familyName(asText(json?.['metered_limit_name']) ?? asText(json?.['limit_name']) ?? '');
  return [
    { family, limits: asObject(json?.['rate_limits']) },
    { family: CODE_REVIEW_FAMILY, limits: asObject(json?.['code_review_rate_limits']) },
  ].flatMap(({ family, limits }) =>
    [limits?.['primary'], limits?.['secondary']].flatMap((window) =>
      readWindow(asObject(window), 'window_minutes', 60_000, { family, source: 'event' }, now),
    ),
  );
}

/** One window of the answer of `wham/usage`, where lengths are seconds (PROTOCOL 6.4); none where it cannot be read. */
export const readLimitWindow = (
  window: unknown,
  from: Pick<QuotaWindow, 'family' | 'source'>,
  now: number,
): QuotaWindow[] => readWindow(asObject(window), 'limit_window_seconds', 1_000, from, now);

function readWindow(
  window: JsonObject | null,
  lengthName: string,
  lengthUnitMs: number,
  from: Pick<QuotaWindow, 'family' | 'source'>,
  now: number,
): QuotaWindow[] {
  const length = figure(window?.[lengthName]);
  const read = windowOf(
    {
      usedPercent: figure(window?.['used_percent']),
      lengthMs: length === null ? null : length * lengthUnitMs,
      resetsAt: resetFromSeconds(figure(window?.['reset_at']), now) ?? resetAfter(window, now),
    },
    from,
    now,
  );
  return read === null ? [] : [read];
}

function resetAfter(window: JsonObject | null, now: number): number | null {
  const seconds = figure(window?.['reset_after_seconds']);
  return seconds === null || seconds < 0 ? null : resetFromSeconds(now / 1_000 + seconds, now);
}
