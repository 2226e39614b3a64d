import { useSyncExternalStore } from 'react';

type OverlayName = 'palette' | 'shortcuts';

const listeners = new Set<() => void>();
let shown: OverlayName | null = null;

function show(name: OverlayName | null): void {
  shown = name;
  for (const tell of listeners) tell();
}

/** What lies over whatever page is shown; one at a time. */
export const overlay = { show, close: () => show(null) };

export const useOverlay = (): OverlayName | null =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
