import { useEffect, useSyncExternalStore } from 'react';

const shownMs = 5_000;
const listeners = new Set<() => void>();
let said: { readonly sentence: string } | null = null;

function put(next: typeof said): void {
  said = next;
  for (const tell of listeners) tell();
}

/** Says what was done, where nothing on the page shows it: to be seen for a while, and read out. */
export const say = (sentence: string): void => put({ sentence });

export function Said() {
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => said,
  );
  useEffect(() => {
    if (now === null) return;
    const timer = window.setTimeout(() => put(null), shownMs);
    return () => window.clearTimeout(timer);
  }, [now]);
  return (
    <output className="pointer-events-none fixed inset-x-0 bottom-16 z-50 flex justify-center px-4 sm:bottom-5">
      {now !== null && (
        <span className="rounded-lg border border-line bg-raised px-3 py-1.5 break-all shadow-overlay">
          {now.sentence}
        </span>
      )}
    </output>
  );
}
