import { describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import { call, decision, startAt } from '../unit/dashboard/samples.ts';
import { chooseOption } from './choose-option.ts';
import { fakeRelay } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

/** `call_1` is the oldest. */
const numbered = (number: number, changes: Partial<CallRecord> = {}): CallRecord => ({
  ...call,
  id: `call_${number}`,
  startedAt: startAt + number * 1_000,
  modelAsked: `model-${number}`,
  modelRan: `model-${number}`,
  ...changes,
});
const newestFirst = (count: number): CallRecord[] => Array.from({ length: count }, (_, n) => numbered(count - n));

type Screen = Awaited<ReturnType<typeof openApp>>;

const rowsOf = (screen: Screen): HTMLElement[] =>
  [...screen.container.querySelectorAll<HTMLElement>('[role=row][aria-selected]')].sort(
    (a, b) => Number(a.ariaRowIndex) - Number(b.ariaRowIndex),
  );
const cellsOf = (row: HTMLElement | undefined): string[] =>
  [...(row?.querySelectorAll<HTMLElement>('[role=gridcell]') ?? [])]
    .filter((cell) => getComputedStyle(cell).display !== 'none')
    .map((cell) => cell.textContent || (cell.querySelector('[role=img]')?.ariaLabel ?? ''));
const scrollerOf = (screen: Screen): HTMLElement => {
  const scroller = screen.container.querySelector<HTMLElement>('[role=grid] > [role=rowgroup]');
  if (scroller === null) throw new Error('There is no table.');
  return scroller;
};
/** What the reader sees, by its place on the screen. */
const placesOf = (screen: Screen): string[] =>
  rowsOf(screen).map((row) => `${row.id} at ${Math.round(row.getBoundingClientRect().top)}`);

async function openCalls(calls: CallRecord[], address = '/calls') {
  const relay = fakeRelay();
  relay.state.calls = calls;
  const screen = await openApp(address);
  if (calls.length > 0) await expect.element(screen.getByRole('grid')).toBeVisible();
  return { relay, screen };
}

describe('the list of calls', () => {
  it('shows figures as figures and the unknown as a dash', async () => {
    const { screen } = await openCalls([
      numbered(2),
      numbered(1, {
        status: 'error',
        errorCode: 'usage_limit_reached',
        inputTokens: null,
        outputTokens: null,
        costMicroUsd: null,
        ttftMs: null,
      }),
    ]);
    const [first, second] = rowsOf(screen).map(cellsOf);
    const age = expect.any(String);
    expect(first).toEqual(['OK', age, 'model-2 high', 'personal', '1,200', '80', '$0.0015', '420 ms', '2.30 s']);
    expect(second).toEqual(['Error', age, 'model-1 high', 'usage_limit_reached', '—', '—', '—', '—', '2.30 s']);
  });

  it('marks an answer that was continued on another account', async () => {
    const [attempt] = call.attempts;
    const attempts = attempt === undefined ? [] : [{ ...attempt, outcome: 'continued' as const }, attempt];
    const { screen } = await openCalls([numbered(1, { attempts, spliced: 1 })]);
    await expect.element(screen.getByTitle('Broke off and was continued once')).toHaveTextContent('spliced');
  });

  it('holds only the rows in view, and reads on as one scrolls', async () => {
    const { relay, screen } = await openCalls(newestFirst(450));
    expect(rowsOf(screen).length).toBeLessThan(60);
    scrollerOf(screen).scrollTop = 200 * 34;
    await expect
      .poll(() => relay.asked.filter(({ path }) => path.startsWith('/api/calls')).map(({ path }) => path))
      .toEqual(['/api/calls?limit=200', '/api/calls?limit=200&cursor=200']);
  });

  it('lets new calls flow in at the top', async () => {
    const { relay, screen } = await openCalls(newestFirst(3));
    relay.emit('call', numbered(4, { status: 'inflight', durationMs: null }));
    await expect.poll(() => rowsOf(screen).map((row) => row.id)).toEqual([4, 3, 2, 1].map((n) => `call-row-call_${n}`));
    relay.emit('call', numbered(4));
    await expect.poll(() => cellsOf(rowsOf(screen)[0])[0]).toBe('OK');
  });

  it('moves nothing that is being read, counts what is new, and jumps to it', async () => {
    const { relay, screen } = await openCalls(newestFirst(100));
    scrollerOf(screen).scrollTop = 1_000;
    await expect.poll(() => rowsOf(screen)[0]?.id).not.toBe('call-row-call_100');
    const before = placesOf(screen);
    for (const number of [101, 102, 103]) relay.emit('call', numbered(number));
    const jump = screen.getByRole('button', { name: '3 new' });
    await expect.element(jump).toBeVisible();
    expect(placesOf(screen)).toEqual(before);
    await jump.click();
    await expect.poll(() => rowsOf(screen)[0]?.id).toBe('call-row-call_103');
    await expect.element(jump).not.toBeInTheDocument();
  });

  it('stands still while paused', async () => {
    const { relay, screen } = await openCalls(newestFirst(3));
    await screen.getByRole('button', { name: 'Pause' }).click();
    relay.emit('call', numbered(4));
    await expect.element(screen.getByRole('button', { name: '1 new' })).toBeVisible();
    expect(rowsOf(screen)[0]?.id).toBe('call-row-call_3');
    await screen.getByRole('button', { name: 'Resume' }).click();
    await expect.poll(() => rowsOf(screen)[0]?.id).toBe('call-row-call_4');
  });

  it('is driven by the keyboard', async () => {
    const { screen } = await openCalls(newestFirst(5));
    const selected = () => rowsOf(screen).find((row) => row.ariaSelected === 'true')?.id;
    await userEvent.keyboard('j');
    await expect.poll(selected).toBe('call-row-call_5');
    await userEvent.keyboard('jjk{Enter}');
    await expect.element(screen.getByRole('complementary', { name: 'Call' })).toBeVisible();
    expect([selected(), location.pathname]).toEqual(['call-row-call_4', '/calls/call_4']);
    await userEvent.keyboard('j');
    await expect.poll(() => location.pathname).toBe('/calls/call_3');
    await userEvent.keyboard('{Escape}');
    await expect.element(screen.getByRole('complementary', { name: 'Call' })).not.toBeInTheDocument();
    expect(location.pathname).toBe('/calls');
    await userEvent.keyboard('/jk');
    await expect.element(screen.getByRole('textbox')).toHaveValue('jk');
  });

  it('asks the log for what the filter says, and says so where nothing matches', async () => {
    const { relay, screen } = await openCalls([numbered(2), numbered(1, { status: 'error' })]);
    await chooseOption(screen.getByRole('combobox', { name: 'Status' }), 'Error');
    await expect.poll(() => rowsOf(screen).map((row) => row.id)).toEqual(['call-row-call_1']);
    await screen.getByRole('textbox').fill('nowhere');
    await expect.element(screen.getByRole('heading', { name: 'No call matches' })).toBeVisible();
    expect(relay.asked.at(-1)?.path).toBe('/api/calls?limit=200&text=nowhere&status=error');
    await screen.getByRole('button', { name: 'Clear the filter' }).click();
    await expect.poll(() => rowsOf(screen).length).toBe(2);
  });

  it('says what to do where there are none yet', async () => {
    const { screen } = await openCalls([]);
    await expect.element(screen.getByRole('heading', { name: 'No calls yet' })).toBeVisible();
  });

  it('opens a call by its address, and says so where it does not exist', async () => {
    const { screen } = await openCalls([numbered(1)], '/calls/call_9');
    await expect.element(screen.getByText('There is no call with this id in the log.')).toBeVisible();
  });

  it('shows the same call as JSON', async () => {
    const { screen } = await openCalls([numbered(1)], '/calls/call_1');
    await screen.getByRole('button', { name: 'View as JSON' }).click();
    const text = screen.container.querySelector('pre')?.textContent ?? '';
    expect(JSON.parse(text)).toEqual({ ...numbered(1), decisions: [decision] });
  });
});
