import { describe, expect, it, onTestFinished, vi } from 'vitest';
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

const lastAsked = ({ asked }: { asked: readonly { path: string }[] }) =>
  asked.findLast(({ path }) => path.startsWith('/api/calls?'))?.path;

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
    await expect.element(screen.getByRole('combobox', { name: 'Filter calls' })).toHaveValue('jk');
  });

  it('asks the log for what the filter says, and says so where nothing matches', async () => {
    const { relay, screen } = await openCalls([numbered(2), numbered(1, { status: 'error' })]);
    await userEvent.keyboard('/status:err{Enter}');
    await expect.poll(() => rowsOf(screen).map((row) => row.id)).toEqual(['call-row-call_1']);
    await userEvent.keyboard('nowhere{Enter}');
    await expect.element(screen.getByRole('heading', { name: 'No call matches' })).toBeVisible();
    expect(lastAsked(relay)).toBe('/api/calls?limit=200&status=error&text=nowhere');
    expect(location.search).toBe('?status=error&text=nowhere');
    await userEvent.keyboard('{Backspace}');
    await expect.poll(() => rowsOf(screen).map((row) => row.id)).toEqual(['call-row-call_1']);
    await screen.getByRole('button', { name: 'Take away: Status: error' }).click();
    await expect.poll(() => rowsOf(screen).length).toBe(2);
    expect(location.pathname + location.search).toBe('/calls');
  });

  it('suggests the values that calls have, by their names', async () => {
    const { relay, screen } = await openCalls(newestFirst(2));
    relay.state.callValues = [
      { value: 'acc_1', name: 'personal', lastAt: startAt },
      { value: 'acc_2', name: 'work', lastAt: startAt },
    ];
    await userEvent.keyboard('/acc{ArrowDown}{Enter}');
    await expect.element(screen.getByRole('option', { name: 'Account: personal' })).toBeVisible();
    await screen.getByRole('option', { name: 'Account: personal' }).click();
    await expect.poll(() => location.search).toBe('?accountId=acc_1');
    await expect.element(screen.getByRole('button', { name: 'Take away: Account: personal' })).toBeVisible();
    expect(relay.asked.some(({ path }) => path === '/api/calls/values?field=accountId&limit=50')).toBe(true);
  });

  it('takes figures, spans and yes or no, and leaves them in the address', async () => {
    const { screen } = await openCalls(newestFirst(2));
    await userEvent.keyboard('/cost>0.01{Enter}total<2m{Enter}failover=y{Enter}');
    await expect.poll(() => location.search).toBe('?failedOver=true&minCostMicroUsd=10000&maxDurationMs=120000');
    const chips = [...screen.container.querySelectorAll('[aria-label=Only] li')].map(({ textContent }) => textContent);
    expect(chips).toEqual(['Failed over: yes', 'Cost ≥ $0.0100', 'Total ≤ 2m 00s']);
  });

  it('keeps filters under names, and takes them up, renames and deletes them', async () => {
    onTestFinished(() => localStorage.removeItem('relay.call-filters'));
    const { screen } = await openCalls([numbered(2), numbered(1, { status: 'error' })], '/calls?status=error');
    const saved = screen.getByRole('button', { name: 'Saved filters' });
    await saved.click();
    await screen.getByRole('textbox', { name: 'Name for this filter' }).fill('Broken');
    await userEvent.keyboard('{Enter}');
    await screen.getByRole('button', { name: 'Rename Broken' }).click();
    await screen.getByRole('textbox', { name: 'New name for Broken' }).fill('Errors');
    await userEvent.keyboard('{Enter}');
    await expect.element(screen.getByRole('button', { name: 'Errors', exact: true })).toBeVisible();
    await userEvent.keyboard('{Escape}');
    await screen.getByRole('button', { name: 'Take away: Status: error' }).click();
    await expect.poll(() => location.search).toBe('');
    await saved.click();
    await screen.getByRole('button', { name: 'Errors', exact: true }).click();
    await expect.poll(() => location.search).toBe('?status=error');
    await saved.click();
    await screen.getByRole('button', { name: 'Delete Errors' }).click();
    await expect.poll(() => localStorage.getItem('relay.call-filters')).toBe('[]');
  });

  it('saves all calls of the filter as a file', async () => {
    const saved: string[] = [];
    const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      saved.push(this.pathname + this.search);
    });
    onTestFinished(() => click.mockRestore());
    const { screen } = await openCalls([numbered(1, { status: 'error' })], '/calls?status=error');
    for (const name of ['Save as CSV', 'Save as JSON lines']) {
      await screen.getByRole('button', { name: 'Save these calls' }).click();
      await screen.getByRole('menuitem', { name }).click();
    }
    expect(saved).toEqual(['/api/calls/export.csv?status=error', '/api/calls/export.jsonl?status=error']);
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

  it('shows captured headers and bodies as text, and erases them', async () => {
    const relay = fakeRelay();
    const hostile = '<img src=x onerror=1>\u202e';
    relay.state.calls = [numbered(1)];
    relay.state.callBodies = {
      ...{ callId: 'call_1', at: startAt, upstream: { headers: { server: hostile } } },
      request: { headers: { authorization: '[redacted]' }, body: { text: hostile, bytes: 24, cut: true } },
      sent: [{ accountId: 'acc_1', headers: {}, body: null }],
      answer: { status: 200, headers: { 'x-request-id': 'r' }, body: { text: '{}', bytes: 2, cut: false } },
    };
    const screen = await openApp('/calls/call_1');
    const section = screen.getByRole('region', { name: 'Headers and bodies' });
    await section.getByRole('button', { name: 'Look for captured headers and bodies' }).click();
    const names = () => [...section.element().querySelectorAll('summary')].map((one) => one.firstChild?.textContent);
    await expect
      .poll(names)
      .toEqual(['From the client', 'To personal, attempt 1', 'From the upstream', 'To the client, HTTP 200']);
    expect(section.element().querySelectorAll('img')).toHaveLength(0);
    expect(section.element().querySelector('pre')?.textContent).toBe('<img src=x onerror=1>⟨U+202E⟩');
    await screen.getByRole('button', { name: 'Erase headers and bodies' }).click();
    await screen.getByRole('button', { name: 'Erase them for good' }).click();
    await expect
      .element(section.getByText('Headers and bodies of this call are not kept.', { exact: false }))
      .toBeVisible();
    expect(relay.changes()).toEqual([['DELETE', '/api/calls/call_1/bodies', null]]);
  });

  it('leads to the other calls of the conversation, and to those that failed alike', async () => {
    const { relay, screen } = await openCalls(
      [numbered(2), numbered(1, { status: 'error', errorCode: 'usage_limit_reached' })],
      '/calls/call_1',
    );
    const related = screen.getByRole('list', { name: 'Calls of the conversation, newest first' });
    await expect.element(related).toBeVisible();
    expect(relay.asked.some(({ path }) => path === '/api/calls?conversationId=conv_1&limit=12')).toBe(true);
    expect(related.element().querySelectorAll('[aria-current=true]')).toHaveLength(1);
    await screen.getByRole('link', { name: 'Calls with this reason' }).click();
    await expect.poll(() => location.pathname + location.search).toBe('/calls?errorCode=usage_limit_reached');
  });

  it('shows the columns that were chosen, in their order and width, also after the page is loaded again', async () => {
    onTestFinished(() => localStorage.removeItem('relay.call-columns'));
    const { screen } = await openCalls([numbered(1, { project: 'site' })]);
    const headers = () =>
      [...screen.container.querySelectorAll('[role=columnheader]')].map(({ textContent }) => textContent);
    await screen.getByRole('button', { name: 'Columns' }).click();
    for (const name of ['Client', 'Key', 'Input', 'Output', 'Cost', 'First']) {
      await screen.getByRole('checkbox', { name, exact: true }).click();
    }
    await screen.getByRole('checkbox', { name: 'Project' }).click();
    await screen.getByRole('button', { name: 'Move Project left' }).click();
    await chooseOption(screen.getByRole('combobox', { name: 'Width of Account' }), 'Wide');
    const kept = [
      { name: 'age', width: 'normal' },
      { name: 'model', width: 'normal' },
      { name: 'account', width: 'wide' },
      { name: 'project', width: 'normal' },
      { name: 'total', width: 'normal' },
    ];
    await expect.poll(() => JSON.parse(localStorage.getItem('relay.call-columns') ?? 'null')).toEqual(kept);
    expect(headers()).toEqual(['Status', 'Age', 'Model', 'Account', 'Project', 'Total']);
    expect(cellsOf(rowsOf(screen)[0]).slice(2)).toEqual(['model-1 high', 'personal', 'site', '2.30 s']);
    await screen.getByRole('button', { name: 'As fits the window' }).click();
    await expect.poll(() => localStorage.getItem('relay.call-columns')).toBe(null);
  });
});
