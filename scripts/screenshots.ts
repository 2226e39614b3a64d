import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pass } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { findChromium } from '../test/support/chromium.ts';

/** Makes the pictures of every page from `relay demo`: node scripts/screenshots.ts */
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
/** Where a page shows more than at its own address. */
const addresses: Readonly<Record<string, string>> = { Projects: '/projects?open=storefront', Docs: '/docs/listCalls' };
const picture = (name: string, theme: string) => page.screenshot({ path: join(folder, `${name}-${theme}.png`) });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(dashboardUrl);
// Long enough for the demo's light traffic to be seen; it begins with weeks of calls.
await pass(Number(process.argv[2] ?? 15_000));
const links = await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').all();
const shown = await Promise.all(
  links.map(async (link) => [(await link.textContent()) ?? '', (await link.getAttribute('href')) ?? '/'] as const),
);
for (const colorScheme of ['light', 'dark'] as const) {
  await page.emulateMedia({ colorScheme });
  for (const [title, path] of [...shown, ['Welcome', '/welcome'] as const]) {
    await page.goto(url + (addresses[title] ?? path));
    await page.waitForLoadState('load');
    await pass(1_500);
    if (title === 'Calls') {
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      await pass(500);
    }
    await picture(title.toLowerCase(), colorScheme);
  }
  await page.keyboard.press('Control+k');
  await pass(500);
  await picture('palette', colorScheme);
}
await browser.close();
demo.kill('SIGTERM');
await once(demo, 'exit');
