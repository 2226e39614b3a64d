import type { ReactNode } from 'react';

/** Lines that keep their form and scroll in a place of their own, by keys too. */
export function ScrollingLines({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
      tabIndex={0}
      className="max-h-96 overflow-auto bg-well focus-visible:-outline-offset-2"
    >
      <pre className="w-max min-w-full px-3 py-2 font-mono text-sm">{children}</pre>
    </section>
  );
}
