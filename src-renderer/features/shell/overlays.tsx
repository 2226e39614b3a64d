import { lazy, Suspense, useEffect } from 'react';
import { useLocation } from 'wouter';
import { overlay, useOverlay } from './overlay.ts';
import { pages } from './pages.ts';
import { jumpKeys } from './shortcuts.ts';
import { useKeys, useShortcuts } from './use-shortcuts.ts';

// Their scripts are fetched when they are first asked for: the first paint does not wait for them.
const Palette = lazy(() => import('../palette/palette.tsx'));
const ShortcutSheet = lazy(() => import('./shortcut-sheet.tsx'));

/** What can be called up over any page, and the keys for it. */
export function Overlays() {
  const [, navigate] = useLocation();
  const shown = useOverlay();
  useEffect(() => overlay.close, []);
  useShortcuts('everywhere', { palette: () => overlay.show('palette'), sheet: () => overlay.show('shortcuts') });
  useKeys((keys) => {
    const page = pages.find(({ jump }) => jumpKeys(jump) === keys);
    return page === undefined ? null : () => navigate(page.path);
  });
  return (
    <Suspense fallback={null}>
      {shown === 'palette' && <Palette onClose={overlay.close} />}
      {shown === 'shortcuts' && <ShortcutSheet onClose={overlay.close} />}
    </Suspense>
  );
}
