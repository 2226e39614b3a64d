/** Figures for columns and tiles: short, aligned, and a dash for what is unknown, never a zero. */
export const unknown = '—';

const integer = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** "12,345" */
export function formatCount(count: number | null): string {
  return count === null ? unknown : integer.format(count);
}

/** "$1.23"; small amounts keep two digits that say something: "$0.0015". */
export function formatMoney(microUsd: number | null): string {
  if (microUsd === null) return unknown;
  const usd = microUsd / 1_000_000;
  if (usd === 0) return '$0.00';
  if (Math.abs(usd) < 0.0001) return '<$0.0001';
  return `$${usd < 0.1 ? usd.toFixed(4) : usd.toFixed(2)}`;
}

/** "0.4 ms", "420 ms", "2.30 s", "1m 05s", "2h 03m", "3d 4h": three or four digits, whatever the size. */
export function formatDuration(durationMs: number | null): string {
  if (durationMs === null) return unknown;
  if (durationMs < 9.95) return `${durationMs.toFixed(1)} ms`;
  if (durationMs < 999.5) return `${Math.round(durationMs)} ms`;
  if (durationMs < 9_995) return `${(durationMs / 1000).toFixed(2)} s`;
  if (durationMs < 59_950) return `${(durationMs / 1000).toFixed(1)} s`;
  return formatSpan(durationMs, true);
}

/** "12s", "1m 05s", "2h 03m", "3d 4h"; without `fine` only the larger unit: "1m", "2h", "3d". */
export function formatSpan(spanMs: number, fine = false): string {
  const seconds = Math.max(0, Math.round(spanMs / 1000));
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600), Math.floor(seconds / 60)];
  if (minutes === 0) return `${seconds}s`;
  if (hours === 0) return fine ? `${minutes}m ${twoDigits(seconds % 60)}s` : `${minutes}m`;
  if (days === 0) return fine ? `${hours}h ${twoDigits(minutes % 60)}m` : `${hours}h`;
  return fine ? `${days}d ${hours % 24}h` : `${days}d`;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** A share from 0 to 1 as "58 %". Nearly nothing is not shown as nothing, nor nearly all as all. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.01) return '<1 %';
  if (share < 1 && share > 0.99) return '99 %';
  return `${Math.round(share * 100)} %`;
}

/** "812 B", "4.1 kB", "12 MB" */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return unknown;
  if (bytes < 1000) return `${bytes} B`;
  const [size, unit] = bytes < 1_000_000 ? [bytes / 1000, 'kB'] : [bytes / 1_000_000, 'MB'];
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}
