import { formatDuration } from './duration.ts';

/** A moment seen from now: "just now", "5 min ago", "in 2 h"; "never" for `null`. Both in ms since the epoch. */
export function formatRelativeTime(at: number | null, now: number): string {
  if (at === null) return 'never';
  const apart = Math.abs(at - now);
  if (apart < 5_000) return 'just now';
  const text = formatDuration(coarse(apart));
  return at < now ? `${text} ago` : `in ${text}`;
}

/** From a minute on, one unit is enough to know how old something is. */
function coarse(ms: number): number {
  const unit = [86_400_000, 3_600_000, 60_000, 1_000].find((size) => ms >= size) ?? 1_000;
  return Math.floor(ms / unit) * unit;
}
