import type { DesktopBridge } from '../../src-shared/contract/desktop.ts';

declare global {
  interface Window {
    readonly relayDesktop?: DesktopBridge;
  }
}

/** What the app's window can do beyond a browser; `null` in a browser. */
export const desktopBridge = (): DesktopBridge | null => window.relayDesktop ?? null;

/** Puts text on the clipboard; rejects where that is not allowed. The app's window may not do it by itself. */
export async function copyText(text: string): Promise<void> {
  const desktop = desktopBridge();
  if (desktop === null) await navigator.clipboard.writeText(text);
  else await desktop.copy({ text });
}
