import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deepLinkIn, readDeepLink } from '../../../src-main/shell/deep-link.ts';
import { isAppPage } from '../../../src-shared/domain/app-pages.ts';

test.each([
  ['relay://accounts', '/accounts'],
  ['relay://accounts/', '/accounts'],
  ['relay://calls', '/calls'],
  ['relay://calls/call_0123abc', '/calls/call_0123abc'],
  ['relay://overview', '/overview'],
])('%s opens %s', (link, path) => {
  expect(readDeepLink(link)).toBe(path);
});

test.each([
  'relay://',
  'relay://api/accounts',
  'relay://accounts?x=1',
  'relay://accounts#/enter/token',
  'relay://accounts/../../etc',
  'relay://accounts/%2e%2e',
  'relay://user@accounts',
  'relay://accounts:80',
  'relay://evil.example/accounts',
  'relay:accounts',
  'RELAY://accounts',
  'http://accounts',
  'relay://calls/a/b',
  'relay://calls/a b',
  'relay://accounts\n',
  '--inspect',
])('%j opens nothing', (link) => {
  expect(readDeepLink(link)).toBeNull();
});

test('whatever a link says, it opens a page of the app or nothing', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.webUrl().map((url) => url.replace(/^https?/, 'relay')),
        fc.string().map((text) => `relay://${text}`),
      ),
      (link) => {
        const path = readDeepLink(link);
        expect(path === null || isAppPage(path)).toBe(true);
      },
    ),
  );
});

test('a link is found among the arguments of a program', () => {
  expect(deepLinkIn(['/opt/relay', '--hidden', 'relay://keys', 'relay://accounts'])).toBe('/keys');
  expect(deepLinkIn(['/opt/relay', '.', 'relay://nothing'])).toBeNull();
});
