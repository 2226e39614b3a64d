import type { QuotaWindow } from '../../src-shared/domain/window.ts';
import { asObject, asObjects, asText, type JsonObject } from '../protocol/json-object.ts';
import { familyName, figure, resetFromSeconds, windowOf } from './quota-bounds.ts';

/** The windows of a `codex.rate_limits` event, where lengths are minutes (PROTOCOL 3.5). */
export function readRateLimitEvent(event: unknown, now: number): QuotaWindow[] {
  const json = asObject(event);
  const limits = asObject(json?.['rate_limits']);
  const family = familyName(asText(json?.['metered_limit_name']) ?? asText(json?.['limit_name']) ?? '');
  return [limits?.['primary'], limits?.['secondary']].flatMap((window) =>
    readWindow(asObject(window), 'window_minutes', 60_000, { family, source: 'event' }, now),
  );
}

/** The windows in the answer of `wham/usage`, where lengths are seconds (PROTOCOL 6.4). */
export function readUsageEndpoint(body: unknown, now: number): QuotaWindow[] {
  const json = asObject(body);
  const extras = asObjects(json?.['additional_rate_limits']).map((extra) => ({
    family: familyName(asText(extra['metered_feature']) ?? asText(extra['limit_name']) ?? ''),
    limit: extra['rate_limit'],
  }));
  return [{ family: 'codex', limit: json?.['rate_limit'] }, ...extras].flatMap(({ family, limit }) =>
    [asObject(limit)?.['primary_window'], asObject(limit)?.['secondary_window']].flatMap((window) =>
      readWindow(asObject(window), 'limit_window_seconds', 1_000, { family, source: 'usage-endpoint' }, now),
    ),
  );
}

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
      resetsAt: resetFromSeconds(figure(window?.['reset_at']), now),
    },
    from,
    now,
  );
  return read === null ? [] : [read];
}
