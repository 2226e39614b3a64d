import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { digestOf, type Rendered, sourceDigest } from '../../scripts/icons/sources.ts';
import { packageRoot } from '../../src-main/config/package-info.ts';
import { trayMoods } from '../../src-main/shell/tray-state.ts';

const assets = join(packageRoot, 'assets');
const rendered: Rendered = JSON.parse(readFileSync(join(assets, 'rendered.json'), 'utf8'));

/** Width and height of a PNG. */
const sizeOf = (png: Buffer): number[] => [png.readUInt32BE(16), png.readUInt32BE(20)];
const read = (path: string): Buffer => readFileSync(join(assets, path));

test('the icons are rendered from what is drawn now: else run node scripts/icons.ts', () => {
  expect(rendered.source).toBe(sourceDigest(assets));
});

test('there is every file that was rendered, as it was, and no other', () => {
  const found = readdirSync(assets, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(assets, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => path !== 'icon.svg' && path !== 'rendered.json');
  expect(Object.fromEntries(found.toSorted().map((path) => [path, digestOf(read(path))]))).toEqual(rendered.files);
});

test('each picture has the size that its name or its place says', () => {
  for (const size of [16, 24, 32, 48, 64, 128, 256, 512, 1_024]) {
    expect(sizeOf(read(`icons/${size}x${size}.png`))).toEqual([size, size]);
  }
  for (const mood of trayMoods) {
    const sizes = ['', '@2x', 'Template', 'Template@2x'].map((suffix) => sizeOf(read(`tray/${mood}${suffix}.png`))[0]);
    expect([mood, sizes]).toEqual([mood, [22, 44, 18, 36]]);
  }
});

test('the icon for Windows holds its pictures where its directory says', () => {
  const ico = read('icon.ico');
  const pictures = Array.from({ length: ico.readUInt16LE(4) }, (_, index) => {
    const entry = 6 + 16 * index;
    const [length, offset] = [ico.readUInt32LE(entry + 8), ico.readUInt32LE(entry + 12)];
    const png = ico.subarray(offset, offset + length);
    return [ico.readUInt8(entry), ...sizeOf(png)];
  });
  expect(pictures).toEqual([16, 24, 32, 48, 64, 128, 256].map((size) => [size % 256, size, size]));
});

test('the icon for macOS holds its pictures by type', () => {
  const icns = read('icon.icns');
  expect([icns.toString('latin1', 0, 4), icns.readUInt32BE(4)]).toEqual(['icns', icns.length]);
  const chunks: [string, number][] = [];
  for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4)) {
    chunks.push([icns.toString('latin1', at, at + 4), sizeOf(icns.subarray(at + 8))[0]!]);
  }
  expect(Object.fromEntries(chunks)).toEqual({
    ...{ icp4: 16, icp5: 32, ic11: 32, ic12: 64, ic07: 128, ic08: 256, ic13: 256, ic09: 512, ic14: 512, ic10: 1_024 },
  });
});
