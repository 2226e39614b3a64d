import { type CSSProperties, useMemo } from 'react';
import type { UsageHours } from '../../../src-shared/contract/usage.ts';
import { heatMap, weekdays } from './heat-map.ts';
import { type Measure, measures } from './measures.ts';

const hours = Array.from({ length: 24 }, (_, hour) => hour);
const two = (hour: number): string => String(hour % 24).padStart(2, '0');

/** The hours of a week, darker where more happens. What cannot be summed is shown by calls. */
export function HeatMapTable({ usage, measure }: { usage: UsageHours; measure: Measure }) {
  const shown = measure.sums ? measure : measures.calls;
  const map = useMemo(() => heatMap(usage, shown.of), [usage, shown]);
  return (
    <div className="relative overflow-x-auto px-4 py-3">
      <table className="w-full min-w-[34rem] table-fixed border-separate border-spacing-[2px]">
        <caption className="sr-only">{shown.title} in each hour of a week, on average</caption>
        <thead>
          <tr>
            <td className="w-9" />
            {hours.map((hour) => (
              <th key={hour} scope="col" className="text-xs font-normal text-muted">
                <span className={hour % 3 === 0 ? '' : 'sr-only'}>{two(hour)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {map.cells.map((cells, day) => (
            <tr key={weekdays[day]}>
              <th scope="row" className="text-left text-xs font-normal text-muted">
                {weekdays[day]}
              </th>
              {cells.map((value, hour) => {
                const text = `${weekdays[day]} ${two(hour)}–${two(hour + 1)}: ${value === null ? 'not in the window' : `${shown.format(value)} on average`}`;
                return (
                  <td
                    // biome-ignore lint/suspicious/noArrayIndexKey: an hour is its index
                    key={hour}
                    title={text}
                    className={`h-5 rounded-[3px] p-0 ${value === null ? 'border border-line' : 'heat'}`}
                    style={value === null ? undefined : heatOf(value, map.most)}
                  >
                    <span className="sr-only">{value === null ? '' : shown.format(value)}</span>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="mt-1.5 text-sm text-muted">
        {shown.title} by the hour, on average; {usage.timeZone} time.
      </p>
    </div>
  );
}

/** From nothing to the most, with what is little still seen: the eye takes a square root for even steps. */
function heatOf(value: number, most: number): CSSProperties {
  const heat = most === 0 || value === 0 ? 0 : Math.round(12 + 88 * Math.sqrt(value / most));
  return { '--heat': `${heat}%` } as CSSProperties;
}
