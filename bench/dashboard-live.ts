/**
 * P9, the live log: frames of the Calls page in a real Chromium while 100,000 rows are scrolled, and while 200 calls a second
 * arrive. Relay, its simulator and the calls that arrive are real; the 100,000 older rows are answered by this script in the
 * API's own form, so that the figure is the page's and not the disk's. `npx vite build` first; then: node bench/dashboard-live.ts
 */
import { chromium, type Page } from 'playwright-core';
import type { CallList, CallRecord } from '../src-shared/contract/call.ts';
import { startLiveRelay } from '../test/live/live-relay.ts';
import { findChromium } from '../test/support/chromium.ts';
import { call as sample } from '../test/unit/dashboard/samples.ts';

const rowCount = 100_000;
const callsPerSecond = 200;
const measuredMs = 10_000;
/** No frame may take longer. */
const limitMs = 50;

const executablePath = findChromium();
if (executablePath === null) throw new Error('Install a Chromium or set CHROMIUM_PATH.');
const relay = await startLiveRelay({ accounts: [{ name: 'first', kind: 'openai' }] });
const args = ['--disable-background-networking', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
const browser = await chromium.launch({ executablePath, args });
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const newestAt = Date.now() - 60_000;
  await page.route(/\/api\/calls\?/, async (route) => {
    const query = new URL(route.request().url()).searchParams;
    const start = Number(query.get('cursor') ?? 0);
    await route.fulfill({ json: pageOf(start, Math.min(rowCount, start + 5_000), newestAt) });
  });
  const { token } = await relay.api<{ token: string }>('POST', '/api/session/link');
  await page.goto(`${relay.url}/calls#/enter/${token}`);
  await page.getByRole('grid').waitFor();
  await readAll(page);
  console.error(`${rowCount} rows are read.`);
  const scrolling = await framesWhile(page, () => scroll(page));
  const arriving = await framesWhile(page, () => arrive(page));
  process.stdout.write(`${JSON.stringify({ rowCount, callsPerSecond, limitMs, scrolling, arriving }, null, 2)}\n`);
} finally {
  await browser.close();
  await relay.stop();
}

function pageOf(start: number, end: number, newestAt: number): CallList {
  const calls = Array.from({ length: end - start }, (_, index): CallRecord => {
    const number = start + index;
    const status = number % 23 === 0 ? 'error' : 'ok';
    return {
      ...sample,
      id: `call_${String(rowCount - number).padStart(7, '0')}`,
      startedAt: newestAt - number * 50,
      status,
    };
  });
  return { calls, nextCursor: end < rowCount ? String(end) : null, searchedTo: null };
}

/** Scrolls to the end until there is no more. */
async function readAll(page: Page): Promise<void> {
  // In words of the page, which this program's types know nothing of.
  const atEnd = `(() => {
    const grid = document.querySelector('[role=grid]');
    const scroller = grid?.querySelector(':scope > [role=rowgroup]');
    if (scroller) scroller.scrollTop = scroller.scrollHeight;
    return Number(grid?.getAttribute('aria-rowcount')) > ${rowCount};
  })()`;
  while (!(await page.evaluate<boolean>(atEnd))) await new Promise((resume) => setTimeout(resume, 50));
}

interface Frames {
  readonly frames: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly longestMs: number;
  readonly overLimit: number;
}

/** The time between frames as the page itself sees them. */
async function framesWhile(page: Page, work: () => Promise<void>): Promise<Frames> {
  await page.evaluate(`{
    const times = [];
    globalThis.frameTimes = times;
    const note = (at) => {
      times.push(at);
      requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  }`);
  await work();
  const times = await page.evaluate<number[]>('[...globalThis.frameTimes]');
  const gaps = times.slice(1).map((at, index) => at - times[index]!);
  const sorted = gaps.toSorted((a, b) => a - b);
  const at = (share: number): number => round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  return {
    frames: gaps.length,
    perSecond: round((1_000 * gaps.length) / (times.at(-1)! - times[0]!)),
    ...{ p50Ms: at(0.5), p99Ms: at(0.99), longestMs: at(1) },
    overLimit: gaps.filter((gap) => gap > limitMs).length,
  };
}

/** A little with every frame, from one end to the other and back: as a wheel that never stops. */
async function scroll(page: Page): Promise<void> {
  await page.evaluate(`new Promise((done) => {
    const scroller = document.querySelector('[role=grid] > [role=rowgroup]');
    const began = performance.now();
    let by = -160;
    const step = () => {
      if (performance.now() - began > ${measuredMs}) return done();
      if (scroller.scrollTop <= 0) by = 160;
      scroller.scrollTop += by;
      requestAnimationFrame(step);
    };
    step();
  })`);
}

/** Real calls of real clients, at the top of the list, where they flow in. */
async function arrive(page: Page): Promise<void> {
  await page.keyboard.press('n');
  const began = performance.now();
  const running: Promise<unknown>[] = [];
  for (let sent = 0; performance.now() - began < measuredMs; ) {
    const due = ((performance.now() - began) * callsPerSecond) / 1_000;
    for (; sent < due; sent += 1) running.push(relay.call({ input: 'Hello' }));
    await new Promise((resume) => setTimeout(resume, 5));
  }
  const answers = (await Promise.all(running)) as { status: number }[];
  const bad = answers.filter(({ status }) => status !== 200).length;
  console.error(`${answers.length} calls were made; ${bad} were not answered.`);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
