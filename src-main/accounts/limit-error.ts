import type { IncomingHttpHeaders } from 'node:http';
import { asObject, asText, type JsonObject } from '../protocol/json-object.ts';
import { boundedLimitEnd, familyName, figure } from './quota-bounds.ts';
import { readQuotaHeaders } from './quota-headers.ts';

export interface LimitEnd {
  /** Milliseconds since the epoch; `null` where the upstream gave no hint at all. */
  readonly resetsAt: number | null;
  readonly family: string;
}

/**
 * When the limit in a refusal ends and which family it belongs to (PROTOCOL 5). The body is an HTTP error body or an
 * event of a stream; its own figure comes first, then the headers, then the sentence that people read.
 */
export function readLimitError(headers: IncomingHttpHeaders, body: unknown, now: number): LimitEnd {
  const family = familyName(asText(headers['x-codex-active-limit']) ?? '');
  const error = errorOf(body);
  const hints = [
    resetOf(error, now),
    retryAfter(headers, now),
    exhaustedUntil(headers, family, now),
    afterText(asText(error?.['message']), now),
  ];
  const hint = hints.find((at) => at !== null) ?? null;
  return { resetsAt: hint === null ? null : boundedLimitEnd(hint, now), family };
}

/** Two statements of one reset that lie further apart are made by clocks that disagree. */
const CLOCKS_DISAGREE_MS = 60_000;

/** The moment as it is given; where it does not fit the time that is left, this machine's clock is wrong and the time left is right (FAULTS P-07). */
function resetOf(error: JsonObject | null, now: number): number | null {
  const at = seconds(error?.['resets_at'], 0);
  const left = seconds(error?.['resets_in_seconds'], now);
  if (at === null || left === null) return at ?? left;
  return Math.abs(at - left) > CLOCKS_DISAGREE_MS && left > now ? left : at;
}

function errorOf(body: unknown): JsonObject | null {
  const json = asObject(body);
  return (
    asObject(json?.['error']) ??
    asObject(asObject(json?.['response'])?.['error']) ??
    asObject(json?.['detail']) ??
    (asText(json?.['detail']) === null ? json : { message: json?.['detail'] })
  );
}

function seconds(value: unknown, from: number): number | null {
  const amount = figure(value);
  return amount === null ? null : from + amount * 1_000;
}

/** Milliseconds where they are given so, else seconds or an HTTP date. */
export function retryAfter(headers: IncomingHttpHeaders, now: number): number | null {
  const ms = figure(headers['retry-after-ms']);
  if (ms !== null) return now + ms;
  const value = headers['retry-after'];
  const after = seconds(value, now);
  if (after !== null || typeof value !== 'string') return after;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : date;
}

/** The account is free again when the last of its used-up windows resets. */
function exhaustedUntil(headers: IncomingHttpHeaders, family: string, now: number): number | null {
  const resets = readQuotaHeaders(headers, now)
    .filter((window) => window.family === family && window.usedPercent >= 100)
    .flatMap((window) => (window.resetsAt !== null && window.resetsAt > now ? [window.resetsAt] : []));
  return resets.length === 0 ? null : Math.max(...resets);
}

function afterText(message: string | null, now: number): number | null {
  const ms = message === null ? null : readTryAgain(message);
  return ms === null ? null : now + ms;
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** "try again in 6m0s", "1h2m3s", "350ms", "1.2s", "20 seconds" as ms (FAULTS U-04); `null` where it says no such thing. */
export function readTryAgain(message: string): number | null {
  const said =
    /(?:try again|retry|available|resets?) (?:in|after) ((?:\d+(?:\.\d+)?\s*[a-z]+[\s,]*(?:and\s+)?){1,5})/i.exec(
      message.slice(0, 4_096),
    );
  if (said === null) return null;
  let total: number | null = null;
  for (const [, amount, word] of said[1]!.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gi)) {
    const unit = unitMs[shortUnit(word!.toLowerCase())];
    if (unit === undefined) break;
    total = (total ?? 0) + Number(amount) * unit;
  }
  return total === null ? null : Math.ceil(total);
}

function shortUnit(word: string): string {
  if (/^(ms|msecs?|milliseconds?|millis)$/.test(word)) return 'ms';
  if (/^(s|secs?|seconds?)$/.test(word)) return 's';
  if (/^(m|mins?|minutes?)$/.test(word)) return 'm';
  if (/^(h|hrs?|hours?)$/.test(word)) return 'h';
  if (/^(d|days?)$/.test(word)) return 'd';
  return '';
}
