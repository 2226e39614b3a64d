import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawCall } from '../support/raw-call.ts';
import { type LiveRelay, startLiveRelay } from './live-relay.ts';
import { openDashboard, watchPage } from './watched-page.ts';

let relay: LiveRelay;
beforeAll(async () => {
  relay = await startLiveRelay({ accounts: [{ name: 'personal', kind: 'chatgpt' }] });
});
afterAll(() => relay.stop());

const oneTimeToken = async (): Promise<string> =>
  (await relay.api<{ token: string }>('POST', '/api/session/link')).token;

describe('the way in', () => {
  test('a one-time token lets one browser in, once, and stays in no address', async () => {
    const token = await oneTimeToken();
    const { page } = await watchPage(relay.url);
    await page.goto(`${relay.url}/accounts#/enter/${token}`);
    await page.getByRole('heading', { name: 'personal' }).waitFor();
    expect(page.url()).toBe(`${relay.url}/accounts`);
    expect(await page.evaluate(() => history.length)).toBe(2);
    const cookies = await page.context().cookies(`${relay.url}/api`);
    expect(cookies.map(({ httpOnly, sameSite, path, domain }) => ({ httpOnly, sameSite, path, domain }))).toEqual([
      { httpOnly: true, sameSite: 'Strict', path: '/api', domain: '127.0.0.1' },
    ]);
    expect(await page.evaluate(() => document.cookie)).toBe('');

    const second = await watchPage(relay.url);
    second.tolerate(/status of 401/);
    await second.page.goto(`${relay.url}/accounts#/enter/${token}`);
    await second.page.getByText('This link has been used or is older than a minute. Run: relay open').waitFor();
    expect(await second.page.getByText('personal').count()).toBe(0);
  });

  test('whoever comes without a session sees how to get in, and nothing else', async () => {
    const { page, tolerate } = await watchPage(relay.url);
    tolerate(/status of 401/);
    for (const path of ['/', '/calls', '/accounts']) {
      await page.goto(`${relay.url}${path}`);
      await page.getByText('This browser is not signed in.').waitFor();
      expect(await page.getByRole('navigation').count()).toBe(0);
    }
  });

  test('a browser whose session is over is signed out where it is, and comes back with a new link', async () => {
    const { page, tolerate } = await openDashboard(relay, '/accounts');
    await page.getByRole('heading', { name: 'personal' }).waitFor();
    tolerate(/status of 401/);
    await page.context().clearCookies();
    // Whatever the page asks for next is refused.
    await page.getByRole('link', { name: 'Keys' }).click();
    await page.getByText('This browser is not signed in.').waitFor();
    await page.evaluate(`location.hash = '#/enter/${await oneTimeToken()}'`);
    await page.getByRole('heading', { name: 'Keys', level: 1 }).waitFor();
  });
});

describe('what is not the page’s own', () => {
  let cookie: string;
  beforeAll(async () => {
    const body = JSON.stringify({ token: await oneTimeToken() });
    const headers = { host: new URL(relay.url).host, 'content-type': 'application/json' };
    const { headers: answered } = await rawCall(relay.url, { path: '/api/session', headers, body });
    cookie = String(answered['set-cookie']).split(';')[0] ?? '';
  });

  test('the cookie of a session opens /api to the page’s own origin', async () => {
    const { host } = new URL(relay.url);
    const headers = { host, origin: `http://${host}`, cookie };
    expect((await rawCall(relay.url, { method: 'GET', path: '/api/status', headers })).status).toBe(200);
  });

  const paths = ['/', '/calls', '/api/status', '/api/events', '/status', '/v1/models', '/assets/none.js'];

  test.each(['attacker.test', '127.0.0.1.nip.io', 'localhost.attacker.test', '0.0.0.0', '127.0.0.1@attacker.test'])(
    'the host name %s is refused on every address, with a valid session and key too (B-01)',
    async (host) => {
      const { port } = new URL(relay.url);
      for (const path of paths) {
        const headers = { host: `${host}:${port}`, cookie, authorization: `Bearer ${relay.key}` };
        const { status, headers: answered } = await rawCall(relay.url, { method: 'GET', path, headers });
        expect([path, status, answered['access-control-allow-origin']]).toEqual([path, 403, undefined]);
      }
    },
  );

  test.each(['https://attacker.test', 'null', 'http://127.0.0.1:1', 'http://localhost.attacker.test'])(
    'a page of the origin %s gets nothing from /api, with the session’s cookie too (B-03)',
    async (origin) => {
      const headers = { host: new URL(relay.url).host, origin, cookie };
      const tried = [
        { method: 'GET', path: '/api/calls' },
        { method: 'GET', path: '/api/events' },
        { method: 'POST', path: '/api/session/link' },
        { method: 'OPTIONS', path: '/api/calls' },
      ];
      for (const { method, path } of tried) {
        const answer = await rawCall(relay.url, { method, path, headers });
        expect([method, path, answer.status, answer.headers['access-control-allow-origin']]).toEqual([
          method,
          path,
          403,
          undefined,
        ]);
      }
    },
  );

  test('a Relay key opens nothing under /api (B-03)', async () => {
    const headers = { host: new URL(relay.url).host, authorization: `Bearer ${relay.key}` };
    for (const path of ['/api/status', '/api/calls', '/api/events', '/api/settings']) {
      expect([path, (await rawCall(relay.url, { method: 'GET', path, headers })).status]).toEqual([path, 401]);
    }
  });

  test('another site can neither frame the dashboard nor read or change anything with its cookie (B-02, B-04, B-15)', async () => {
    const { page, tolerate } = await openDashboard(relay);
    tolerate(/./);
    const before = await relay.api('GET', '/api/keys');
    // The same browser, with the session in it; another host name is another site.
    const hostile = await page.context().newPage();
    const elsewhere = 'http://attacker.test/';
    await hostile.route(elsewhere, (route) => route.fulfill({ contentType: 'text/html', body: '<p>hello</p>' }));
    await hostile.goto(elsewhere);
    const outcome = await hostile.evaluate(async (url) => {
      const read = (path: string, init?: RequestInit) =>
        fetch(`${url}${path}`, { credentials: 'include', ...init }).then(
          () => 'read',
          () => 'refused',
        );
      const json = JSON.stringify({ name: 'stolen' });
      const tried = [
        await read('/api/calls'),
        await read('/api/keys', { method: 'POST', body: json, headers: { 'content-type': 'application/json' } }),
      ];
      await read('/api/keys', { method: 'POST', body: json, mode: 'no-cors' });
      const image = new Image();
      image.src = `${url}/api/relay/pause`;
      await new Promise((resolve) => image.addEventListener('error', resolve));
      const frame = document.createElement('iframe');
      frame.src = url;
      document.body.append(frame);
      await new Promise((resolve) => frame.addEventListener('load', resolve));
      return { tried, framed: frame.contentDocument?.body.textContent ?? null };
    }, relay.url);
    expect(outcome).toEqual({ tried: ['refused', 'refused'], framed: null });
    expect(hostile.frames().map((frame) => frame.url())).not.toContain(`${relay.url}/`);
    expect(await relay.api('GET', '/api/keys')).toEqual(before);
  });

  test.each([
    '/..%2f..%2fpackage.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/assets/..\\..\\package.json',
    '/%252e%252e/package.json',
    '/C:/Windows/win.ini',
    '//etc/passwd',
    '/index.html/../../../etc/passwd',
  ])('%s is no file of the dashboard (B-08)', async (path) => {
    // Not through `fetch`, which would tidy the address.
    const status = await new Promise((resolve, reject) => {
      const { hostname, port } = new URL(relay.url);
      get({ hostname, port, path }, (answer) => resolve(answer.resume().statusCode)).on('error', reject);
    });
    expect(status).toBe(404);
  });

  test.each(['?next=//evil.example', '?redirect=https://evil.example', '?return_to=javascript:alert(1)'])(
    'an address with %s leads nowhere else (B-09)',
    async (query) => {
      const { page } = await openDashboard(relay, `/${query}`);
      expect(new URL(page.url()).origin).toBe(relay.url);
    },
  );
});
