import type { CallRecord } from '../../../src-shared/contract/call.ts';
import type { Seen } from './forms.ts';
import type { Cell } from './pool.ts';

export interface Line {
  readonly fault: string;
  readonly cell: Cell;
  readonly seen: Seen;
  readonly call: CallRecord;
  readonly addedMs: number;
}

/** The one table of the matrix: what the client saw, attempts, added delay, and what the log says. */
export function report(lines: readonly Line[]): string {
  const head = ['fault', 'form', 'accounts', 'client saw', 'attempts', 'added', 'log'];
  const rows = lines.map(({ fault, cell, seen, call, addedMs }) => [
    fault,
    cell.form,
    String(cell.size),
    seen.error === null ? 'whole answer' : seen.text === '' ? seen.error : `part, then ${seen.error}`,
    String(call.attempts.length),
    `${Math.round(addedMs)} ms`,
    `${call.status}${call.errorCode === null ? '' : ` ${call.errorCode}`}${call.spliced > 0 ? ` spliced ${call.spliced}` : ''}`,
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
