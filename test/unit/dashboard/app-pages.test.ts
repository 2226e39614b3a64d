import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startDashboard } from './dashboard-under-test.ts';

const page = '<!doctype html><title>Relay</title>';

async function startWithApp() {
  const room = await startDashboard();
  mkdirSync(join(room.rendererDir, 'assets'));
  writeFileSync(join(room.rendererDir, 'index.html'), page);
  writeFileSync(join(room.rendererDir, 'assets', 'app-abc123.js'), 'run()');
  writeFileSync(join(room.rendererDir, 'assets', 'app-abc123.js.map'), '{"sources":[]}');
  return room;
}

describe('the app', () => {
  it.each([
    '/',
    '/overview',
    '/calls',
    '/calls/call_1',
    '/accounts',
    '/usage',
    '/keys',
    '/projects',
    '/errors',
    '/rehearsal',
    '/settings',
    '/status/parts',
    '/docs',
    '/docs/listCalls',
    '/calls?x=1',
  ])('is served at %s under a strict policy', async (path) => {
    const { ask } = await startWithApp();
    const answer = await ask(path);
    expect([answer.status, answer.text]).toEqual([200, page]);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    });
  });

  it('serves assets that never change, and 304 where they are known', async () => {
    const { ask } = await startWithApp();
    const first = await ask('/assets/app-abc123.js');
    const again = await ask('/assets/app-abc123.js', { headers: { 'if-none-match': first.headers.etag ?? '' } });
    expect([first.status, first.text, first.headers['cache-control'], first.headers['content-type']]).toEqual([
      200,
      'run()',
      'public, max-age=31536000, immutable',
      'text/javascript; charset=utf-8',
    ]);
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it('says how to build it where it is missing, and serves it once it is there', async () => {
    const { ask, rendererDir } = await startDashboard();
    const before = await ask('/');
    writeFileSync(join(rendererDir, 'index.html'), page);
    const after = await ask('/');
    expect([before.status, before.headers['content-type'], after.status]).toEqual([
      503,
      'text/plain; charset=utf-8',
      200,
    ]);
    expect(before.text).toContain('npm run build');
  });

  it('answers the app only at its own routes', async () => {
    const { ask } = await startWithApp();
    const answers = await Promise.all(['/nothing', '/accounts/x/y', '/index', '/assets/'].map((path) => ask(path)));
    expect(answers.map((answer) => answer.status)).toEqual([404, 404, 404, 404]);
  });

  it('takes no other method', async () => {
    const { ask } = await startWithApp();
    const answers = await Promise.all([ask('/', { method: 'POST' }), ask('/assets/app-abc123.js', { method: 'PUT' })]);
    expect(answers.map((answer) => [answer.status, answer.headers.allow])).toEqual([
      [405, 'GET, HEAD'],
      [404, undefined],
    ]);
  });

  it('answers HEAD without a body', async () => {
    const { ask } = await startWithApp();
    const answer = await ask('/', { method: 'HEAD' });
    expect([answer.status, answer.text, answer.headers['content-length']]).toEqual([200, '', String(page.length)]);
  });
});

describe('nothing outside the bundle', () => {
  const spellings = [
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/assets/..%252f..%252fsecret.txt',
    '/assets/..\\..\\secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/assets/%c0%ae%c0%ae/secret.txt',
    '//etc/passwd',
    '/c:/windows/win.ini',
    '/C%3A%5Cwindows%5Cwin.ini',
    '/file:///etc/passwd',
    '/assets/app-abc123.js%00.html',
    '/assets/app-abc123.js/../../../secret.txt',
    '/assets/link.js',
    '/folder/secret.js',
    '/assets/app-abc123.js.map',
    '/.env',
    '/__proto__',
    '/constructor',
  ];

  it.each(spellings)('answers 404 to %s', async (path) => {
    const { ask, rendererDir } = await startWithApp();
    const outside = `${rendererDir}-outside`;
    mkdirSync(outside, { recursive: true });
    try {
      writeFileSync(join(outside, 'secret.js'), 'secret');
      writeFileSync(join(rendererDir, '.env'), 'secret');
      symlinkSync(join(outside, 'secret.js'), join(rendererDir, 'assets', 'link.js'));
      symlinkSync(outside, join(rendererDir, 'folder'));
      const answer = await ask(path);
      expect([answer.status, answer.json()]).toEqual([
        404,
        {
          error: {
            message: 'Relay does not serve this path.',
            type: 'invalid_request_error',
            param: null,
            code: 'not_found',
          },
        },
      ]);
    } finally {
      rmSync(outside, { recursive: true });
    }
  });
});
