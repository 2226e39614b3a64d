import type { IncomingHttpHeaders } from 'node:http';
import type { QuotaWindow } from '../../src-shared/domain/window.ts';
import { familyName, figure, resetFromSeconds, windowOf } from './quota-bounds.ts';

const usedPercentName = /^x-([a-z0-9-]{1,64})-(primary|secondary)-used-percent$/;

/** The quota windows in the headers of an answer: minutes and unix seconds, of any limit family (PROTOCOL 3.5). */
export function readQuotaHeaders(headers: IncomingHttpHeaders, now: number): QuotaWindow[] {
  const windows: QuotaWindow[] = [];
  for (const name of Object.keys(headers)) {
    const match = usedPercentName.exec(name);
    if (match === null) continue;
    const of = (field: string): number | null => figure(headers[`x-${match[1]}-${match[2]}-${field}`]);
    const minutes = of('window-minutes');
    const after = of('reset-after-seconds');
    const window = windowOf(
      {
        usedPercent: of('used-percent'),
        lengthMs: minutes === null ? null : minutes * 60_000,
        resetsAt:
          resetFromSeconds(of('reset-at'), now) ??
          (after === null || after < 0 ? null : resetFromSeconds(now / 1_000 + after, now)),
      },
      { family: familyName(match[1]!), source: 'headers' },
      now,
    );
    if (window !== null) windows.push(window);
  }
  return windows;
}
