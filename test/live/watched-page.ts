import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect, inject, onTestFinished } from 'vitest';
import type { LiveRelay } from './live-relay.ts';

export interface WatchedPage {
  readonly page: Page;
  /** What the page or the browser may complain of in this test, because the test brings it about. */
  tolerate(complaint: RegExp): void;
}

/** Long enough for a machine under load; nothing waits longer than it has to. */
const patienceMs = 20_000;

/**
 * A page in a fresh browser profile. The test fails at its end where the page broke its content security policy, threw, logged an
 * error or a warning, opened a dialog or a window, or asked anything of another origin than Relay's.
 */
export async function watchPage(url: string, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const complaints: string[] = [];
  const tolerated: RegExp[] = [];
  const browser = await chromium.connect(inject('chromiumUrl'));
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(patienceMs);
  await context.exposeFunction('tellViolation', (violation: string) => complaints.push(violation));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const tell = Reflect.get(globalThis, 'tellViolation') as (violation: string) => void;
      tell(`policy violation: ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  const { origin } = new URL(url);
  context.on('request', (request) => {
    const { protocol, origin: asked } = new URL(request.url());
    if (asked !== origin && protocol !== 'data:' && protocol !== 'blob:') {
      complaints.push(`request to another origin: ${request.url()}`);
    }
  });
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  context.on('weberror', (error) => complaints.push(`thrown: ${error.error().stack}`));
  context.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  const page = await context.newPage();
  page.on('popup', (popup) => complaints.push(`window: ${popup.url()}`));
  page.on('websocket', (socket) => complaints.push(`socket: ${socket.url()}`));
  onTestFinished(async () => {
    await browser.close();
    expect(complaints.filter((complaint) => !tolerated.some((allowed) => allowed.test(complaint)))).toEqual([]);
  });
  return { page, tolerate: (complaint) => void tolerated.push(complaint) };
}

/** A page that is signed in as `relay open` does it, at one of the dashboard's addresses. */
export async function openDashboard(
  relay: LiveRelay,
  path = '/',
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const watched = await watchPage(relay.url, options);
  const { token } = await relay.api<{ token: string }>('POST', '/api/session/link');
  await watched.page.goto(`${relay.url}${path}#/enter/${token}`);
  await watched.page.getByRole('navigation', { name: 'Pages' }).waitFor();
  return watched;
}
