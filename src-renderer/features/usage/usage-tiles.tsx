import type { UsageFigures } from '../../../src-shared/contract/usage.ts';
import { Skeleton } from '../../components/skeleton.tsx';
import { formatCount } from '../../format/figures.ts';
import { Delta } from './delta.tsx';
import { type MeasureName, measures } from './measures.ts';

const shown = ['calls', 'tokens', 'cost', 'saved', 'cacheShare', 'ttft', 'tokensPerSecond', 'errorRate'] as const;

interface UsageTilesProps {
  readonly totals: UsageFigures | null;
  readonly previous: UsageFigures | null;
  readonly measure: MeasureName;
  readonly onMeasure: (measure: MeasureName) => void;
}

/** The sums of the window; a press shows one of them over time. */
export function UsageTiles({ totals, previous, measure, onMeasure }: UsageTilesProps) {
  return (
    <fieldset className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line md:grid-cols-4 2xl:grid-cols-8">
      <legend className="sr-only">Figures of the window; choose one to see it over time</legend>
      {shown.map((name) => {
        const { title, hint, of, format, better } = measures[name];
        const value = totals === null ? null : of(totals);
        return (
          <button
            key={name}
            type="button"
            aria-pressed={measure === name}
            title={hint}
            onClick={() => onMeasure(name)}
            className="group grid min-w-0 content-start bg-surface px-4 py-2.5 2xl:px-3 text-left transition-colors -outline-offset-2 hover:bg-hover aria-pressed:bg-selected"
          >
            <span className="truncate text-sm text-muted">{title}</span>
            {totals === null ? (
              <Skeleton className="my-1 h-5 w-16" />
            ) : (
              <span className="text-xl font-semibold tracking-tight">{format(value)}</span>
            )}
            <span className="break-words text-sm text-muted">
              {totals !== null && previous !== null ? (
                <Delta now={value} before={of(previous)} better={better} />
              ) : (
                (totals !== null && noteOf(name, totals)) || hint
              )}
            </span>
          </button>
        );
      })}
    </fieldset>
  );
}

/** What is left out of a sum is said beside it, never guessed into it. */
function noteOf(name: (typeof shown)[number], { errors, unknownUsage, unknownCost, spentMicroUsd }: UsageFigures) {
  switch (name) {
    case 'calls':
      return errors === 0 ? 'none failed' : `${formatCount(errors)} failed`;
    case 'tokens':
      return unknownUsage === 0 ? null : `without ${formatCount(unknownUsage)} calls: not known`;
    case 'cost':
      return unknownCost === 0 ? null : `without ${formatCount(unknownCost)} calls: no price`;
    case 'saved':
      return `${measures.spent.format(spentMicroUsd)} spent`;
    default:
      return null;
  }
}
