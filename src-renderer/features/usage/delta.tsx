import { formatShare } from '../../format/figures.ts';
import type { Measure } from './measures.ts';

interface DeltaProps {
  readonly now: number | null;
  readonly before: number | null;
  readonly better: Measure['better'];
}

/** How much more or less than in the window before. */
export function Delta({ now, before, better }: DeltaProps) {
  if (now === null || before === null) return <span className="text-muted">not comparable</span>;
  if (now === before) return <span className="text-muted">as before</span>;
  if (before === 0) return <span className="text-muted">none before</span>;
  const change = now / before - 1;
  const good = better === null ? null : change > 0 === (better === 'more');
  const look = good === null ? 'text-muted' : good ? 'text-good' : 'text-bad';
  return (
    <span className={look}>
      <span aria-hidden>{change > 0 ? '▲' : '▼'} </span>
      {formatShare(Math.abs(change))} {change > 0 ? 'more' : 'less'}
    </span>
  );
}
