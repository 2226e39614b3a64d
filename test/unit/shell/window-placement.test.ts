import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../src-main/config/package-info.ts';
import { windowColors } from '../../../src-main/shell/window-colors.ts';
import { placeWindow, type Rectangle } from '../../../src-main/shell/window-placement.ts';

const laptop: Rectangle = { x: 0, y: 25, width: 1_440, height: 875 };
const left: Rectangle = { x: -1_920, y: 0, width: 1_920, height: 1_080 };

test.each([
  ['the first time, as is usual', null, [laptop], { bounds: { width: 1_280, height: 800 }, maximized: false }],
  [
    'where it was',
    { bounds: { x: -1_800, y: 40, width: 1_000, height: 700 }, maximized: true },
    [laptop, left],
    { bounds: { x: -1_800, y: 40, width: 1_000, height: 700 }, maximized: true },
  ],
  [
    'where the system likes, when its display is gone',
    { bounds: { x: -1_800, y: 40, width: 1_000, height: 700 }, maximized: false },
    [laptop],
    { bounds: { width: 1_000, height: 700 }, maximized: false },
  ],
  [
    'where the system likes, when its upper edge is above every display',
    { bounds: { x: 100, y: -40, width: 1_000, height: 700 }, maximized: false },
    [laptop],
    { bounds: { width: 1_000, height: 700 }, maximized: false },
  ],
  [
    'no larger than its display',
    { bounds: { x: 0, y: 25, width: 3_000, height: 2_000 }, maximized: false },
    [laptop],
    { bounds: { x: 0, y: 25, width: 1_440, height: 875 }, maximized: false },
  ],
])('the window opens %s', (_name, saved, areas, expected) => {
  expect(placeWindow(saved, areas)).toEqual(expected);
});

test('wherever it was and whatever displays there are, the window can be grasped', () => {
  const far = fc.integer({ min: -6_000, max: 6_000 });
  const length = fc.integer({ min: 1, max: 6_000 });
  const rectangle = fc.record({ x: far, y: far, width: length, height: length });
  const display = fc.record({
    x: far,
    y: far,
    width: fc.integer({ min: 640, max: 5_000 }),
    height: fc.integer({ min: 480, max: 3_000 }),
  });
  fc.assert(
    fc.property(rectangle, fc.array(display, { minLength: 1, maxLength: 3 }), (bounds, areas) => {
      const { x, y, width, height } = placeWindow({ bounds, maximized: false }, areas).bounds;
      expect([width >= 480, height >= 400]).toEqual([true, true]);
      if (x === undefined || y === undefined) return;
      const grasped = areas.some(
        (area) =>
          Math.min(x + width, area.x + area.width) - Math.max(x, area.x) >= 120 &&
          y >= area.y &&
          y + 32 <= area.y + area.height,
      );
      expect(grasped).toBe(true);
    }),
  );
});

test("the window's own colour is that of the page, so that nothing flashes", () => {
  const tokens = readFileSync(join(packageRoot, 'src-renderer', 'styles', 'tokens.css'), 'utf8');
  const canvas = /--canvas: light-dark\(oklch\(([^)]*)\), oklch\(([^)]*)\)\)/.exec(tokens);
  const [light = '', dark = ''] = canvas?.slice(1) ?? [];
  expect({ light: hexOf(light), dark: hexOf(dark) }).toEqual(windowColors);
});

/** CSS Color 4, "sample code for Oklab". */
function hexOf(oklch: string): string {
  const [lightness = 0, chroma = 0, hue = 0] = oklch.split(' ').map(Number);
  const [a, b] = [chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const byte = (part: number): string => {
    const encoded = part <= 0.0031308 ? 12.92 * part : 1.055 * part ** (1 / 2.4) - 0.055;
    return Math.round(encoded * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${linear.map(byte).join('')}`;
}
