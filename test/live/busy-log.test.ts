import { setTimeout as pass } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallList } from '../../src-shared/contract/call.ts';
import { type LiveRelay, startLiveRelay } from './live-relay.ts';
import { openDashboard } from './watched-page.ts';

let relay: LiveRelay;
beforeAll(async () => {
  relay = await startLiveRelay({ accounts: [{ name: 'metered', kind: 'openai' }] });
});
afterAll(() => relay.stop());

const perSecond = 200;
const seconds = 4;
const batches = 20;

/** The ids of the whole log, newest first. */
async function wholeLog(): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const from = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: CallList = await relay.api('GET', `/api/calls?limit=500${from}`);
    ids.push(...page.calls.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  return ids;
}

test('with 200 calls a second the open table has every call once, and the newest first', async ({ annotate }) => {
  const { page } = await openDashboard(relay, '/calls');
  await relay.call({});
  const table = page.getByRole('grid', { name: 'Calls, newest first' });
  await table.getByRole('img', { name: 'OK' }).waitFor();
  await page.evaluate(() => {
    const frames: number[] = [];
    Reflect.set(globalThis, 'frames', frames);
    let before = performance.now();
    requestAnimationFrame(function next(now) {
      frames.push(now - before);
      before = now;
      requestAnimationFrame(next);
    });
  });
  const answers: Promise<{ status: number }>[] = [];
  const beganAt = performance.now();
  for (let batch = 0; batch < seconds * batches; batch += 1) {
    for (let call = 0; call < perSecond / batches; call += 1) answers.push(relay.call({ input: `sim:say ${call}` }));
    // The pace of what is sent, not a wait for what is seen.
    await pass(Math.max(0, beganAt + ((batch + 1) * 1_000) / batches - performance.now()));
  }
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([200]));
  const frames: number[] = await page.evaluate('globalThis.frames');

  const log = await wholeLog();
  expect(log).toHaveLength(perSecond * seconds + 1);
  await expect.poll(async () => Number(await table.getAttribute('aria-rowcount')) - 1).toBe(log.length);
  const firstRow = table.locator('[aria-rowindex="2"]');
  await expect.poll(() => firstRow.getAttribute('id')).toBe(`call-row-${log[0]}`);
  // What the rows say, all the way down.
  const seen = new Set<string>();
  const scroller = table.getByRole('rowgroup');
  await expect
    .poll(
      async () => {
        const ids = await table
          .getByRole('row')
          .evaluateAll((rows) => rows.map(({ id }) => id).filter((id) => id !== ''));
        for (const id of ids) seen.add(id.replace('call-row-', ''));
        await scroller.evaluate((element) => element.scrollBy(0, element.clientHeight));
        return seen.size;
      },
      { interval: 20 },
    )
    .toBe(log.length);
  expect([...seen].sort()).toEqual([...log].sort());

  const ordered = frames.toSorted((a, b) => a - b);
  const at = (share: number): string => (ordered[Math.floor(share * (ordered.length - 1))] ?? 0).toFixed(0);
  const slow = frames.filter((ms) => ms > 50).length;
  await annotate(
    `${frames.length} frames: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms, ${slow} over 50 ms`,
  );
});
