import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pass } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { chromium, type Page } from 'playwright-core';
import { z } from 'zod';
import { findChromium } from '../test/support/chromium.ts';
import { median } from './summary.ts';

/** The built dashboard of a `relay demo` with nothing in its log, in a Chromium of this machine. One message with what was measured. */
const LOADS = 7;
const CALLS_A_SECOND = 200;
const SECONDS = 5;
const BATCHES_A_SECOND = 20;
const SLOW_FRAME_MS = 50;

const announcement = z.object({ url: z.url(), apiToken: z.string(), firstKey: z.string() });
const executablePath = findChromium();
if (executablePath === null) throw new Error('P9 needs a Chromium: install one or set CHROMIUM_PATH.');

const entry = new URL('../src-main/entry.mjs', import.meta.url).pathname;
const demo = spawn(process.execPath, [entry, 'demo', '--port', '0', '--json', '--quiet'], {
  stdio: ['ignore', 'pipe', 'ignore'],
});
const [line] = (await once(createInterface(demo.stdout), 'line')) as [string];
const { url, apiToken, firstKey } = announcement.parse(JSON.parse(line));
const browser = await chromium.launch({
  executablePath,
  args: ['--disable-gpu', '--disable-background-networking', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
});
try {
  // The first load compiles what every later one has from Relay's memory.
  await load();
  const loads: Awaited<ReturnType<typeof load>>[] = [];
  for (let count = 0; count < LOADS; count += 1) loads.push(await load());
  const middle = (read: (one: (typeof loads)[number]) => number): number => median(loads.map(read));
  process.send?.({
    firstPaint: middle(({ firstPaint }) => firstPaint),
    shown: middle(({ shown }) => shown),
    script: middle(({ script }) => script),
    ...(await watchFrames()),
  });
} finally {
  await browser.close();
  demo.kill('SIGTERM');
  await once(demo, 'exit');
}
process.once('disconnect', () => process.exit(0));

/** In a browser profile that has nothing of it: until its first pixel, until the overview is there, and the script that it took, gzipped. */
async function load() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${url}/#/enter/${await oneTimeToken()}`);
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  // Signed in; once more with nothing in the cache, which a new page of the same profile does not have to ask for.
  const again = await context.newPage();
  const cache = await context.newCDPSession(again);
  await cache.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.close();
  const scripts = new Map<string, Promise<Buffer>>();
  again.on('response', (response) => {
    if (response.request().resourceType() === 'script') scripts.set(response.url(), response.body());
  });
  // The other pages' scripts are fetched in idle time, which this page is not told of.
  await again.addInitScript(`
    delete globalThis.requestIdleCallback;
    new MutationObserver((_, observer) => {
      if (document.querySelector('h1') === null) return;
      globalThis.shownAt = performance.now();
      observer.disconnect();
    }).observe(document, { childList: true, subtree: true });`);
  await again.goto(`${url}/`);
  await again.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  const bodies = await Promise.all(scripts.values());
  const firstPaint: number = await again.evaluate("performance.getEntriesByName('first-paint')[0].startTime");
  const shown: number = await again.evaluate('globalThis.shownAt');
  await context.close();
  const bytes = bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
  return { firstPaint, shown, script: bytes / 1_000 };
}

/** The frames of the open call log while calls come in. */
async function watchFrames() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${url}/calls#/enter/${await oneTimeToken()}`);
  await page.getByRole('heading', { name: 'Calls', level: 1 }).waitFor();
  await send();
  await page.getByRole('row').nth(1).waitFor();
  await recordFrames(page);
  const sent: Promise<void>[] = [];
  const beganAt = performance.now();
  for (let batch = 1; batch <= SECONDS * BATCHES_A_SECOND; batch += 1) {
    for (let call = 0; call < CALLS_A_SECOND / BATCHES_A_SECOND; call += 1) sent.push(send());
    await pass(Math.max(0, beganAt + (batch * 1_000) / BATCHES_A_SECOND - performance.now()));
  }
  await Promise.all(sent);
  const frames: number[] = await page.evaluate('globalThis.frames');
  await context.close();
  return { longestFrame: Math.max(...frames), slowFrames: frames.filter((ms) => ms > SLOW_FRAME_MS).length };
}

async function recordFrames(page: Page): Promise<void> {
  await page.evaluate(`
    globalThis.frames = [];
    let before = performance.now();
    requestAnimationFrame(function next(now) {
      frames.push(now - before);
      before = now;
      requestAnimationFrame(next);
    });
    null`);
}

async function send(): Promise<void> {
  const answer = await fetch(`${url}/v1/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${firstKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', input: 'sim:say ok' }),
  });
  await answer.text();
}

async function oneTimeToken(): Promise<string> {
  const answer = await fetch(`${url}/api/session/link`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiToken}` },
  });
  return z.object({ token: z.string() }).parse(await answer.json()).token;
}
