import { useEffect, useRef } from 'react';

/** What each key does; `null` where it does nothing now. */
type KeyActions = readonly (readonly [key: string, act: (() => void) | null])[];

/** Keys of the whole page, but not while someone types, uses another control with Enter, or has a dialog open. */
export function useCallKeys(actions: KeyActions): void {
  const latest = useRef(actions);
  latest.current = actions;

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const element = event.target instanceof Element ? event.target : null;
      if (
        element?.closest(
          'input, textarea, select, [role=combobox], [role=dialog], [role=menu], [role=listbox], [contenteditable]',
        )
      )
        return;
      if (event.key === 'Enter' && element?.closest('button, a, summary')) return;
      const act = latest.current.find(([key]) => key === event.key)?.[1] ?? null;
      if (act === null) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
