import axe from 'axe-core';
import { expect } from 'vitest';

/** What axe finds against a page in light and in dark, of the grades that keep people out; each as one line. */
export async function expectNoAxeViolations(container: HTMLElement = document.body): Promise<void> {
  const root = document.documentElement;
  const before = root.dataset['theme'];
  // Colours on their way to the other theme are seen by nobody for long; what they will be is what counts.
  const still = document.createElement('style');
  still.textContent = '*, *::before, *::after { transition: none !important; animation: none !important; }';
  document.head.append(still);
  try {
    for (const theme of ['light', 'dark']) {
      root.dataset['theme'] = theme;
      const { violations } = await axe.run(
        // Base UI's guards around what is open pass the focus on at once: it is never seen to be on them.
        { include: [container], exclude: ['[data-base-ui-focus-guard]'] },
        { resultTypes: ['violations'] },
      );
      const findings = violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) =>
          nodes.map(({ html, failureSummary }) => `${theme} ${id}: ${html.slice(0, 200)}\n${failureSummary}`),
        );
      expect(findings).toEqual([]);
    }
  } finally {
    still.remove();
    if (before === undefined) delete root.dataset['theme'];
    else root.dataset['theme'] = before;
  }
}
