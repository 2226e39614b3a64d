import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { trayMoods } from '../src-main/shell/tray-state.ts';
import { findChromium } from '../test/support/chromium.ts';
import { icnsOf, icnsSizes, icoOf, type Picture } from './icons/containers.ts';
import { digestOf, type Rendered, sourceDigest } from './icons/sources.ts';
import { trayGlyph } from './icons/tray-glyph.ts';

/**
 * Renders all icons from assets/icon.svg and the tray's glyphs: node scripts/icons.ts. What comes of it is committed, because
 * a build must not need a browser; a test says when it is older than what it was made from.
 */
const assets = join(import.meta.dirname, '..', 'assets');
const executablePath = findChromium();
if (executablePath === null) throw new Error('The icons need a Chromium: install one or set CHROMIUM_PATH.');

const linuxSizes = [16, 24, 32, 48, 64, 128, 256, 512, 1_024];
const icoSizes = [16, 24, 32, 48, 64, 128, 256];
const traySizes = { normal: 22, template: 18, ico: [16, 20, 24, 32] } as const;

const files: Record<string, string> = {};
const write = (path: string, content: Buffer): void => {
  mkdirSync(dirname(join(assets, path)), { recursive: true });
  writeFileSync(join(assets, path), content);
  files[path] = digestOf(content);
};

const asRoot = process.getuid?.() === 0;
const browser = await chromium.launch({ executablePath, args: ['--disable-gpu', ...(asRoot ? ['--no-sandbox'] : [])] });
try {
  const page = await browser.newPage();
  const icon = readFileSync(join(assets, 'icon.svg'), 'utf8');
  const sizes = [...new Set([...linuxSizes, ...icoSizes, ...icnsSizes])];
  const pictures: Picture[] = [];
  for (const size of sizes) pictures.push(await render(page, icon, size));
  const of = (wanted: readonly number[]): Picture[] =>
    wanted.map((size) => pictures.find((each) => each.size === size)!);
  for (const { size, png } of of(linuxSizes)) write(`icons/${size}x${size}.png`, png);
  write('icon.ico', icoOf(of(icoSizes)));
  write('icon.icns', icnsOf(of(icnsSizes)));
  for (const mood of trayMoods) {
    const [glyph, template] = [trayGlyph(mood, false), trayGlyph(mood, true)];
    for (const [scale, suffix] of [
      [1, ''],
      [2, '@2x'],
    ] as const) {
      write(`tray/${mood}${suffix}.png`, (await render(page, glyph, traySizes.normal * scale)).png);
      write(`tray/${mood}Template${suffix}.png`, (await render(page, template, traySizes.template * scale)).png);
    }
    const small: Picture[] = [];
    for (const size of traySizes.ico) small.push(await render(page, glyph, size));
    write(`tray/${mood}.ico`, icoOf(small));
  }
} finally {
  await browser.close();
}
const rendered: Rendered = { source: sourceDigest(assets), files };
writeFileSync(join(assets, 'rendered.json'), `${JSON.stringify(rendered, null, 2)}\n`);

async function render(page: Page, svg: string, size: number): Promise<Picture> {
  await page.setViewportSize({ width: size, height: size });
  const url = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  await page.setContent(
    `<style>html,body{margin:0;background:transparent}img{display:block}</style><img width="${size}" height="${size}" src="${url}">`,
  );
  await page.locator('img').evaluate((image) => (image as unknown as { decode(): Promise<void> }).decode());
  return { size, png: await page.screenshot({ omitBackground: true }) };
}
