import { expect, test } from 'vitest';
import { createPressedKeys, type Press } from '../../../src-renderer/features/shell/pressed-keys.ts';

const press = (key: string, more: Partial<Press> = {}) => ({
  ...{ key, code: '', altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, timeStamp: 0 },
  ...more,
});

test.each([
  ['a letter', press('j'), 'j'],
  ['a letter under Caps Lock', press('J'), 'j'],
  ['a sign that needs Shift', press('?', { shiftKey: true }), '?'],
  ['an arrow', press('ArrowDown'), 'ArrowDown'],
  ['a letter of another script, by its place', press('о', { code: 'KeyJ' }), 'j'],
  ['Ctrl with a letter', press('k', { ctrlKey: true, code: 'KeyK' }), 'Mod+k'],
  ['Ctrl with a letter of another script', press('л', { ctrlKey: true, code: 'KeyK' }), 'Mod+k'],
  ['Ctrl with Shift, which belongs to the browser', press('K', { ctrlKey: true, shiftKey: true }), null],
  ['Alt, which belongs to the system', press('k', { altKey: true }), null],
  ['the other key of the two', press('k', { metaKey: true }), null],
])('%s', (_, given, name) => {
  expect(createPressedKeys(false)(given)).toBe(name);
});

test('on a Mac it is Command that counts', () => {
  const pressed = createPressedKeys(true);
  expect([pressed(press('k', { metaKey: true })), pressed(press('k', { ctrlKey: true }))]).toEqual(['Mod+k', null]);
});

test('g waits for a second key, and only for a while', () => {
  const pressed = createPressedKeys(false);
  const all = [press('g'), press('Shift', { shiftKey: true, timeStamp: 400 }), press('c', { timeStamp: 1_500 })];
  expect(all.map(pressed)).toEqual([null, null, 'g c']);
  expect([press('c', { timeStamp: 1_600 }), press('g', { timeStamp: 2_000 })].map(pressed)).toEqual(['c', null]);
  expect(pressed(press('c', { timeStamp: 3_501 }))).toBe('c');
});
