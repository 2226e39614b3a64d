import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pass } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { findChromium } from '../test/support/chromium.ts';

/** Makes the pictures of the README from `relay demo`: node scripts/screenshots.ts */
const root = join(import.meta.dirname, '..');
const folder = join(root, 'docs', 'images');
const executablePath = findChromium();
if (executablePath === null) throw new Error('The pictures need a Chromium: install one or set CHROMIUM_PATH.');
mkdirSync(folder, { recursive: true });

const entry = join(root, 'src-main', 'entry.mjs');
const demo = spawn(process.execPath, [entry, 'demo', '--port', '0', '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [line] = (await once(createInterface(demo.stdout), 'line')) as [string];
const { url, dashboardUrl } = JSON.parse(line) as { url: string; dashboardUrl: string };

const browser = await chromium.launch({
  executablePath,
  args: ['--disable-gpu', '--disable-background-networking', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(dashboardUrl);
// Long enough for the demo's light traffic to be seen; it begins with weeks of calls.
await pass(Number(process.argv[2] ?? 15_000));
for (const colorScheme of ['light', 'dark'] as const) {
  await page.emulateMedia({ colorScheme });
  for (const name of ['calls', 'accounts', 'usage', 'keys', 'projects?open=storefront', 'overview']) {
    await page.goto(`${url}/${name}`);
    await page.waitForLoadState('load');
    await pass(1_500);
    if (name === 'calls') {
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      await pass(500);
    }
    await page.screenshot({ path: join(folder, `${name.split('?')[0]}-${colorScheme}.png`) });
  }
}
await browser.close();
demo.kill('SIGTERM');
await once(demo, 'exit');
