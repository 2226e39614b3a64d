import { fullAfter, remaining, type TokenBucket } from './token-bucket.ts';

/** OpenAI's headers for one limit: what it is, what is left, and when it is whole again. */
export function rateHeaders(unit: 'requests' | 'tokens', bucket: TokenBucket): Record<string, string> {
  return {
    [`x-ratelimit-limit-${unit}`]: String(bucket.capacity),
    [`x-ratelimit-remaining-${unit}`]: String(remaining(bucket)),
    [`x-ratelimit-reset-${unit}`]: formatReset(fullAfter(bucket)),
  };
}

/** As OpenAI writes it: `12ms`, `1.5s`, `59.8s`, `1m0s`, `6m12.5s`, `1h2m0s`. */
export function formatReset(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.ceil(ms))}ms`;
  const tenths = Math.ceil(ms / 100);
  if (tenths < 600) return `${seconds(tenths)}s`;
  const minutes = Math.floor(tenths / 600);
  const rest = `${minutes % 60}m${seconds(tenths % 600)}s`;
  return minutes < 60 ? rest : `${Math.floor(minutes / 60)}h${rest}`;
}

const seconds = (tenths: number): string => (tenths / 10).toFixed(1).replace(/\.0$/, '');
