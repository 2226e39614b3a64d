import { expect, test, vi } from 'vitest';
import { desktopCalls } from '../../../src-shared/contract/desktop.ts';
import { createFakeElectron } from '../../support/fake-electron.ts';

const electron = createFakeElectron();
vi.doMock('electron', () => electron.module);
await import('../../../src-main/preload/preload.ts');

const bridge = electron.exposed['relayDesktop'] as Record<string, (input: unknown) => unknown>;

test('the page gets one object with the calls of the contract and the path of a file, and nothing of Electron', () => {
  expect(Object.keys(electron.exposed)).toEqual(['relayDesktop']);
  expect(Object.keys(bridge).toSorted()).toEqual([...Object.keys(desktopCalls), 'pathOf'].toSorted());
});

test('each call has its own channel, and nothing but its input goes along', async () => {
  electron.invoked.length = 0;
  for (const name of Object.keys(desktopCalls)) await bridge[name]?.({ name });
  expect(electron.invoked).toEqual(Object.keys(desktopCalls).map((name) => [`relay:${name}`, { name }]));
});

test('only a file has a path', () => {
  expect(bridge['pathOf']?.(new File(['{}'], 'auth.json'))).toBe('/home/me/auth.json');
  expect(bridge['pathOf']?.({ name: 'auth.json' })).toBe('');
});
