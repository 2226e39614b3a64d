import { useSyncExternalStore } from 'react';
import { desktopBridge } from '../../api/desktop-bridge.ts';

export const themes = { system: 'System', light: 'Light', dark: 'Dark' } as const;
export type Theme = keyof typeof themes;

const storageName = 'relay.theme';
const listeners = new Set<() => void>();
let theme: Theme = 'system';

function isTheme(value: string | null): value is Theme {
  return value !== null && Object.hasOwn(themes, value);
}

/** Called before the first paint. */
export function restoreTheme(): void {
  const stored = localStorage.getItem(storageName);
  apply(isTheme(stored) ? stored : 'system');
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  return [useSyncExternalStore(subscribe, () => theme), choose];
}

function choose(next: Theme): void {
  localStorage.setItem(storageName, next);
  apply(next);
  for (const tell of listeners) tell();
}

function apply(next: Theme): void {
  theme = next;
  // Menus and the window's own colour follow; what the app cannot do now it does at the next change.
  void desktopBridge()
    ?.theme({ theme: next })
    .catch(() => undefined);
  if (next === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = next;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
