import { expect, it } from 'vitest';
import { isOwnOrigin } from '../../../src-shared/domain/own-origin.ts';

it.each([
  ['http://127.0.0.1:4141', '127.0.0.1:4141', true],
  ['HTTPS://Relay.local', 'relay.LOCAL', true],
  ['http://127.0.0.1:4141', '127.0.0.1:4142', false],
  ['http://127.0.0.1:4141.evil.example', '127.0.0.1:4141', false],
  ['http://127.0.0.1:4141://evil.example', '127.0.0.1:4141', false],
  ['vscode-webview://127.0.0.1:4141', '127.0.0.1:4141', false],
  ['null', '127.0.0.1:4141', false],
  ['', '127.0.0.1:4141', false],
  ['http://undefined', undefined, false],
])('%s at %s', (origin, host, own) => {
  expect(isOwnOrigin(origin, host)).toBe(own);
});
