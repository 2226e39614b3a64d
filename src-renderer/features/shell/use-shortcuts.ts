import { useEffect, useRef } from 'react';
import { createPressedKeys } from './pressed-keys.ts';
import { isMac, type ShortcutName, type ShortcutScope, shortcutSections } from './shortcuts.ts';

/** What is done for some keys; `null` where nothing is now. */
type FindAction = (keys: string) => (() => void) | null;

/** Those that listen now; the last one that has something to do for a key does it. */
const listening: { readonly current: FindAction }[] = [];

/** Listens for `find`'s keys while the component is there. */
export function useKeys(find: FindAction): void {
  const latest = useRef(find);
  latest.current = find;
  useEffect(() => {
    if (listening.length === 0) window.addEventListener('keydown', onKeyDown);
    listening.push(latest);
    return () => {
      listening.splice(listening.indexOf(latest), 1);
      if (listening.length === 0) window.removeEventListener('keydown', onKeyDown);
    };
  }, []);
}

/** Does what the shortcuts of one page or part are for, while it is shown; `null` does nothing now. */
export function useShortcuts<Scope extends ShortcutScope>(
  scope: Scope,
  actions: Readonly<Record<ShortcutName<Scope>, (() => void) | null>>,
): void {
  useKeys((keys) => {
    const found = Object.entries(shortcutSections[scope].shortcuts).find(([, shortcut]) =>
      shortcut.keys.includes(keys),
    );
    return found === undefined ? null : actions[found[0] as ShortcutName<Scope>];
  });
}

let pressed: ReturnType<typeof createPressedKeys> | null = null;

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || (event.repeat && !held.has(event.key))) return;
  const element = event.target instanceof Element ? event.target : null;
  if (element?.closest('[role=dialog], [role=alertdialog], [role=menu], [role=listbox]')) return;
  // No text has a Ctrl or Command in it.
  if (!event.ctrlKey && !event.metaKey && element?.closest(typedInto)) return;
  if (event.key === 'Enter' && element?.closest('button, a, summary')) return;
  pressed ??= createPressedKeys(isMac());
  const keys = pressed(event);
  if (keys === null) return;
  for (const { current: find } of [...listening].reverse()) {
    const act = find(keys);
    if (act === null) continue;
    event.preventDefault();
    return act();
  }
}

const typedInto = 'input:not([type=checkbox]), textarea, select, [role=combobox], [contenteditable]';

/** A key that is held does nothing again and again but move. */
const held: ReadonlySet<string> = new Set(['j', 'k', 'ArrowDown', 'ArrowUp']);
