import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { StatusView } from '../../src-shared/contract/status.ts';
import { type LiveRelay, startLiveRelay } from './live-relay.ts';
import { openDashboard } from './watched-page.ts';

let relay: LiveRelay;
beforeAll(async () => {
  relay = await startLiveRelay({ accounts: [{ name: 'personal', kind: 'chatgpt' }] });
});
afterAll(() => relay.stop());

const settings = () => relay.api<Settings>('GET', '/api/settings');

describe('settings', () => {
  test('count as soon as they are saved, are refused in words, and are not overwritten unseen', async () => {
    const { page, tolerate } = await openDashboard(relay, '/settings');
    tolerate(/status of 4(00|12)/);
    const days = page.getByRole('textbox', { name: 'Keep calls for' });
    await days.fill('30');
    await days.press('Enter');
    await page.getByText('Keep calls for: 365 days → 30 days.').waitFor();
    expect((await settings())['retention.days']).toBe(30);

    await days.fill('0');
    await days.press('Enter');
    await page.getByRole('alert').getByText('The field "retention.days" cannot be used').waitFor();
    await relay.api('PATCH', '/api/settings', { 'retention.days': 90 });
    await days.fill('60');
    await days.press('Enter');
    await page.getByText('It was changed elsewhere meanwhile, to 90 days. Save again to replace that.').waitFor();
    expect((await settings())['retention.days']).toBe(90);
    await days.press('Enter');
    await page.getByText('Keep calls for: 90 days → 60 days.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(async () => (await settings())['retention.days']).toBe(90);
  });

  test('leave as a file without secrets, and come back with a look at what changes', async () => {
    const { page } = await openDashboard(relay, '/settings');
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export settings' }).click();
    const text = await textOf(await (await coming).createReadStream());
    expect(text).not.toContain(relay.key);
    expect(JSON.parse(text)).toMatchObject({ format: 'relay-settings', accounts: [{ label: 'personal' }] });
    const changed = { ...JSON.parse(text), settings: { 'retention.days': 7 } };
    await page.getByLabel('File to import').setInputFiles({
      ...{ name: 'mine.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(changed)) },
    });
    const dialog = page.getByRole('dialog', { name: 'Import mine.json' });
    await dialog.getByText('retention.days').waitFor();
    expect((await settings())['retention.days']).not.toBe(7);
    await dialog.getByRole('button', { name: 'Import' }).click();
    await page.getByText('Imported.').waitFor();
    expect((await settings())['retention.days']).toBe(7);
    await expect.poll(() => page.getByRole('textbox', { name: 'Keep calls for' }).inputValue()).toBe('7');
  });
});

describe('the palette', () => {
  test('pauses Relay for real, and lets it go on', async () => {
    const { page } = await openDashboard(relay, '/');
    const perform = async (words: string) => {
      await page.keyboard.press('Control+k');
      const field = page.getByRole('combobox', { name: /^Find a page/ });
      await field.fill(words);
      await page.getByRole('option', { name: words }).first().waitFor();
      await field.press('Enter');
      await field.waitFor({ state: 'detached' });
    };
    await perform('Pause Relay');
    await page.getByText('Relay is paused').waitFor();
    expect((await relay.call({})).status).toBe(503);
    await perform('Resume Relay');
    await page.getByText('Relay is paused').waitFor({ state: 'detached' });
    expect((await relay.call({})).status).toBe(200);
  });
});

describe('the docs', () => {
  test('read from this Relay what they describe', async () => {
    const { page } = await openDashboard(relay, '/docs/listAccounts');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('"label": "personal"').waitFor();
    await page.goto(`${relay.url}/docs`);
    await page.getByRole('heading', { name: 'Install', level: 2, exact: true }).waitFor();
  });
});

describe('the status page', () => {
  test('is of the new process after a crash and a new start, without being loaded again', async () => {
    const { page, tolerate } = await openDashboard(relay, '/status/parts');
    tolerate(/Failed to load resource|ERR_/);
    const facts = page.getByRole('region', { name: 'This Relay' });
    const { pid } = await relay.api<StatusView>('GET', '/api/status');
    await facts.getByText(`${pid}, started`).waitFor();
    await relay.kill();
    await page.getByText('Relay does not answer.').waitFor();
    await facts.getByText(`${pid}, started`).waitFor();
    await relay.startAgain();
    const { pid: next } = await relay.api<StatusView>('GET', '/api/status');
    expect(next).not.toBe(pid);
    await facts.getByText(`${next}, started`).waitFor();
    await page.getByText('Relay does not answer.').waitFor({ state: 'detached' });
    await page.getByRole('listitem', { name: 'Gateway' }).waitFor();
  });
});
