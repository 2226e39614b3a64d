import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds of the grades that keep people out, with the system in light and in dark; each as one line. */
export async function expectAxeClean(page: Page): Promise<void> {
  await page.evaluate(source);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const findings = await page.evaluate(async (scheme) => {
      const { default: axe } = { default: Reflect.get(globalThis, 'axe') as typeof import('axe-core') };
      // Colours on their way to the other theme are seen by nobody for long; what they will be is what counts.
      for (const animation of document.getAnimations()) animation.finish();
      const { violations }: AxeResults = await axe.run(
        { include: [document.documentElement], exclude: ['[data-base-ui-focus-guard]'] },
        { resultTypes: ['violations'] },
      );
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) =>
          nodes.map(({ html, failureSummary }) => `${scheme} ${id}: ${html.slice(0, 200)} ${failureSummary}`),
        );
    }, colorScheme);
    expect(findings).toEqual([]);
  }
}
