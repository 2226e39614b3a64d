import { type KeyboardEvent, useState } from 'react';
import type { SubsystemState } from '../../../src-shared/contract/public-status.ts';
import { type HistoryBar, historyBars } from './history-bars.ts';
import { stateFills, stateWords } from './state-look.ts';

interface UptimeBarsProps {
  readonly name: string;
  readonly history: readonly (SubsystemState | null)[];
  /** When it was read, ms. */
  readonly at: number;
}

/** One bar for every eight hours. A gap is a gap: Relay was off, and nothing is said of that time. */
export function UptimeBars({ name, history, at }: UptimeBarsProps) {
  const [shown, setShown] = useState<number | null>(null);
  const bars = historyBars(history, at);
  const last = bars.length - 1;
  const bar = shown === null ? undefined : bars[shown];
  const onKeyDown = (event: KeyboardEvent) => {
    const here = shown ?? last;
    const next = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: last }[event.key];
    if (event.key === 'Escape') setShown(null);
    if (next === undefined) return;
    event.preventDefault();
    setShown(Math.min(last, Math.max(0, next)));
  };
  return (
    <div className="relative">
      <div
        role="slider"
        tabIndex={0}
        aria-readonly
        aria-label={`The last 30 days of ${name}, eight hours at a time`}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={shown ?? last}
        aria-valuetext={inWords(bars[shown ?? last])}
        onKeyDown={onKeyDown}
        onBlur={() => setShown(null)}
        onPointerLeave={() => setShown(null)}
        onPointerMove={({ currentTarget, clientX }) => {
          const { left, width } = currentTarget.getBoundingClientRect();
          setShown(Math.min(last, Math.max(0, Math.floor(((clientX - left) / width) * bars.length))));
        }}
        className="flex h-7 gap-px"
      >
        {bars.map(({ from, state }, index) => (
          <span
            key={from}
            data-state={state ?? 'gap'}
            className={`min-w-px flex-1 rounded-[1px] ${state === null ? 'my-2.5 bg-line' : stateFills[state]} ${index === shown ? 'opacity-60' : ''}`}
          />
        ))}
      </div>
      <div className="mt-0.5 flex justify-between gap-3 text-sm text-muted">
        {bar === undefined ? (
          <>
            <span>30 days ago</span>
            <span>now</span>
          </>
        ) : (
          <span className="truncate">{inWords(bar)}</span>
        )}
      </div>
    </div>
  );
}

const moment = new Intl.DateTimeFormat(undefined, {
  ...{ weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
});

function inWords(bar: HistoryBar | undefined): string {
  if (bar === undefined) return 'Nothing was measured';
  const said = bar.state === null ? 'not measured' : stateWords[bar.state];
  return `${moment.format(bar.from)} to ${moment.format(bar.to)}: ${said}`;
}
