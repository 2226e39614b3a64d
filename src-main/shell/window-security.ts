import type { Session, WebContents, WebPreferences } from 'electron';
import type { ExternalLinks } from './external-links.ts';

/** The page gets no more power than a browser would give it, but for what the preload script hands to it. */
export const webPreferences = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInSubFrames: false,
  nodeIntegrationInWorker: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  spellcheck: false,
} as const satisfies WebPreferences;

export interface WindowGuards {
  /** Relay's own; the page may not leave it. */
  readonly origin: string;
  readonly isExternalLink: ExternalLinks;
  readonly openExternal: (url: string) => void;
}

/** Electron's checklist for a window: no permission, no foreign page, no second window; links that are known open in the browser. */
export function secureContents(contents: WebContents, { origin, isExternalLink, openExternal }: WindowGuards): void {
  denyPermissions(contents.session);
  contents.setWindowOpenHandler(({ url }) => {
    if (isExternalLink(url)) openExternal(url);
    return { action: 'deny' };
  });
  const stayHome = (event: { preventDefault(): void; url: string }): void => {
    if (!isOfOrigin(event.url, origin)) event.preventDefault();
  };
  contents.on('will-navigate', stayHome);
  contents.on('will-redirect', stayHome);
  contents.on('will-frame-navigate', stayHome);
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

/** Exactly that origin; a name in the address, which a person may take for the host, is not taken. */
export function isOfOrigin(text: string, origin: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.origin === origin && url.username === '' && url.password === '';
}

/** The dashboard needs none: no camera, no location, no notifications, no device, and it copies through the preload script. */
function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
}
