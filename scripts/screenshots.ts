import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { addDemoAccounts, createDemoSimulator } from '../src-main/cli/demo-pool.ts';
import { addDemoScene } from '../src-main/cli/demo-scene.ts';
import { runDemoTraffic } from '../src-main/cli/demo-traffic.ts';
import { readEnvironment } from '../src-main/config/environment.ts';
import { createLog } from '../src-main/log/log.ts';
import { createRelay } from '../src-main/relay.ts';
import { findChromium } from '../test/support/chromium.ts';

/**
 * Makes a picture of every page in light and dark, of one call, the palette and the first steps, from the data of `relay demo`:
 * node scripts/screenshots.ts [how long the demo's traffic runs before, in ms]
 */
const folder = join(import.meta.dirname, '..', 'docs', 'images');
const executablePath = findChromium();
if (executablePath === null) throw new Error('The pictures need a Chromium: install one or set CHROMIUM_PATH.');
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) if (/-(light|dark)\.png$/.test(name)) rmSync(join(folder, name));

const dataDir = mkdtempSync(join(tmpdir(), 'relay-pictures-'));
const simulator = createDemoSimulator();
const { issuer, ...baseUrls } = await simulator.start();
const environment = { ...readEnvironment({}), ...baseUrls, authIssuer: issuer, secrets: 'memory' } as const;
const log = createLog({ dir: join(dataDir, 'logs'), level: 'warn', stderr: 'warn' });
const machine = { platform: process.platform, homeDir: join(dataDir, 'home'), variables: {} };
const relay = await createRelay({ dataDir, environment, port: 0, log, machine, demo: true });
await addDemoAccounts(relay, simulator);
await addDemoScene(relay, Date.now());
const { url, dashboardUrl, apiToken } = await relay.start();
const { secret: key } = await relay.keys.create({ name: 'Demo traffic' });
const traffic = new AbortController();
const wait = (ms: number): Promise<void> => pass(ms / 3);
void runDemoTraffic({ baseUrl: `${url}/v1`, key, signal: traffic.signal, wait });

const browser = await chromium.launch({
  executablePath,
  args: ['--disable-gpu', '--disable-background-networking', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
});
const page = await browser.newPage({ viewport: { width: 1200, height: 720 }, reducedMotion: 'reduce' });
await page.goto(dashboardUrl);
await page.getByRole('navigation', { name: 'Pages' }).waitFor();

// Nobody who looks at the pictures has first steps to finish.
await page.evaluate(`localStorage.setItem('relay.first-run', '{"state":"done","client":null,"keyId":null}')`);

// Long enough for the traffic to be seen; then one account fails a call, and another is to rest.
await pass(Number(process.argv[2] ?? 15_000));
simulator.account('work').script({
  ...{ kind: 'status', status: 503, body: { error: { code: 'server_is_overloaded', message: 'Overloaded.' } } },
});
let failover: string | null = null;
for (let sent = 0; sent < 30 && failover === null; sent += 1) {
  await send('sim:tokens 120');
  const { calls } = await relay.ledger.calls({ limit: 20 });
  const moved = calls.find(
    ({ id, status, attempts }) => !id.startsWith('call_demo') && status === 'ok' && attempts.length > 1,
  );
  failover = moved?.id ?? null;
}
const resting = relay.accounts.list().find(({ label }) => label === 'personal');
await fetch(`${url}/api/accounts/${resting?.id}/rest`, {
  ...{ method: 'POST', body: '{"untilReset":true}' },
  headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' },
});

const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
const paths = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? '/'));
/** Where a page shows more than at its own address. */
const addresses: Readonly<Record<string, string>> = {
  '/projects': '/projects?open=storefront',
  '/docs': '/docs/listCalls',
};
const pictures: (readonly [name: string, path: string])[] = [
  ...paths.map((path) => [path.split('/')[1] || 'overview', addresses[path] ?? path] as const),
  ['welcome', '/welcome'],
  ...(failover === null ? [] : [['call', `/calls/${failover}`] as const]),
  ['palette', '/'],
];
for (const colorScheme of ['light', 'dark'] as const) {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  for (const [name, path] of pictures) {
    await page.goto(url + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    if (name === 'palette') await page.keyboard.press('Control+k');
    await pass(1_500);
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
  }
}

await browser.close();
traffic.abort();
await relay.stop();
await simulator.stop();
await log.close();
rmSync(dataDir, { recursive: true, force: true });

async function send(input: string): Promise<void> {
  const answer = await fetch(`${url}/v1/responses`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'user-agent': 'codex_cli_rs/0.169.0',
    },
    body: JSON.stringify({ model: 'gpt-5.5', input, stream: true }),
  });
  await answer.text();
}
