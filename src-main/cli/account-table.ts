import type { AccountView } from '../../src-shared/contract/account.ts';
import { headroom } from '../../src-shared/domain/window.ts';
import { formatDuration } from '../../src-shared/format/duration.ts';
import { formatPercent } from '../../src-shared/format/percent.ts';
import { textTable } from './text-table.ts';

type Window = AccountView['windows'][number];

/** The family whose windows need no name beside their length: the plan's own. */
const PLAN_FAMILY = 'codex';
const head = ['ID', 'LABEL', 'KIND', 'PLAN', 'STATE', 'WINDOW', 'LEFT', 'RESETS IN', 'PACE'];

/** One line per account, and one more for each further window. */
export function accountTable(views: readonly AccountView[], now: number): string[] {
  return textTable(
    head,
    views.flatMap((view) => accountRows(view, now)),
  );
}

function accountRows({ id, label, kind, plan, health, windows }: AccountView, now: number): string[][] {
  const account = [id, label, kind, plan ?? '-', health.state];
  const [first = ['-', 'unknown', '-', '-'], ...more] = windows.map((window) => windowCells(window, now));
  return [[...account, ...first], ...more.map((cells) => [...account.map(() => ''), ...cells])];
}

/** The window's name, what is left, when it resets, and its pace. */
export function windowCells(window: Window, now: number): string[] {
  const name = window.family === PLAN_FAMILY ? window.name : `${window.name} ${window.family}`;
  const { resetsAt } = window;
  const reset = resetsAt === null ? 'unknown' : resetsAt <= now ? 'has reset' : formatDuration(resetsAt - now);
  return [name, formatPercent(headroom(window, now)), reset, window.forecast?.sentence ?? 'Not read since its reset.'];
}
