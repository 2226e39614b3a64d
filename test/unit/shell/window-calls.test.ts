import fc from 'fast-check';
import { beforeEach, expect, test, vi } from 'vitest';
import { desktopCalls } from '../../../src-shared/contract/desktop.ts';
import { createFakeElectron, FakeContents, senderOf } from '../../support/fake-electron.ts';

const electron = createFakeElectron();
vi.doMock('electron', () => electron.module);
const { answerWindowCalls } = await import('../../../src-main/shell/window-calls.ts');

const origin = 'http://127.0.0.1:4141';
const ours = new FakeContents();
const page = { origin, url: `${origin}/accounts` };
const done: unknown[][] = [];
const refused: string[] = [];
let home: string | null = origin;

const off = { state: 'off', version: null, sentence: 'Off.' } as const;
answerWindowCalls({
  origin: () => home,
  isOurs: (contents) => Object.is(contents, ours),
  refused: (call, why) => void refused.push(`${call}: ${why}`),
  answers: {
    facts: async (input) => {
      done.push(['facts', input]);
      return { platform: 'linux', update: off };
    },
    copy: async (input) => {
      done.push(['copy', input]);
      return {};
    },
    theme: async (input) => {
      done.push(['theme', input]);
      return {};
    },
    show: async (input) => {
      done.push(['show', input]);
      return {};
    },
    update: async (input) => {
      done.push(['update', input]);
      return off;
    },
  },
});

const names = Object.keys(desktopCalls);
const ask = async (name: string, event: unknown, given: unknown): Promise<unknown> =>
  electron.ipc.get(`relay:${name}`)?.(event, given);
const valid: Readonly<Record<string, unknown>> = {
  facts: {},
  copy: { text: 'sk-relay-1' },
  theme: { theme: 'dark' },
  show: { folder: 'logs' },
  update: { do: 'check' },
};

beforeEach(() => {
  done.length = 0;
  refused.length = 0;
  home = origin;
});

test('there is a channel for each call of the contract and no other', () => {
  expect([...electron.ipc.keys()]).toEqual(names.map((name) => `relay:${name}`));
});

test.each(names)('%s is answered to the own page', async (name) => {
  await ask(name, senderOf(ours, page), valid[name]);
  expect([done, refused]).toEqual([[[name, valid[name]]], []]);
});

test.each([
  ['another window', senderOf(new FakeContents(), page), 'it came from another window'],
  ['a frame that is gone', senderOf(ours, null), 'it came from a frame inside the page'],
  ['a frame inside the page', senderOf(ours, { ...page, parent: {} }), 'it came from a frame inside the page'],
  [
    'another site',
    senderOf(ours, { origin: 'https://evil.example', url: 'https://evil.example/' }),
    'it came from another page',
  ],
  [
    'another port',
    senderOf(ours, { origin: 'http://127.0.0.1:4142', url: 'http://127.0.0.1:4142/' }),
    'it came from another page',
  ],
  [
    'a page without an origin',
    senderOf(ours, { origin: 'null', url: 'data:text/html,x' }),
    'it came from another page',
  ],
  [
    'an address that only looks right',
    senderOf(ours, { origin, url: `http://127.0.0.1:4141@evil.example/` }),
    'it came from another page',
  ],
])('a call from %s reaches nothing', async (_name, event, why) => {
  for (const name of names) await expect(ask(name, event, valid[name])).rejects.toThrow('Refused.');
  expect([done, refused]).toEqual([[], names.map((name) => `${name}: ${why}`)]);
});

test('nothing is answered while Relay has no address', async () => {
  home = null;
  await expect(ask('facts', senderOf(ours, page), {})).rejects.toThrow('Refused.');
});

const bomb = new Proxy(
  {},
  {
    get() {
      throw new Error('read');
    },
    ownKeys() {
      throw new Error('listed');
    },
  },
);
const hostile = [
  undefined,
  null,
  0,
  '',
  [],
  [{}],
  () => undefined,
  Symbol('x'),
  10n ** 30n,
  bomb,
  { text: '' },
  { text: 'a'.repeat(65_537) },
  { text: { toString: () => 'x' } },
  { text: 'x', more: true },
  { theme: 'blue' },
  { folder: '../../etc' },
  { folder: 'data', path: '/etc' },
  { do: 'install', url: 'https://evil.example' },
  { do: ['install'] },
  JSON.parse('{"__proto__": {"folder": "data"}}'),
  { constructor: { prototype: { polluted: true } } },
];

test.each(names)('%s takes none of the hostile values that the contract does not allow (B-16)', async (name) => {
  for (const value of hostile) await expect(ask(name, senderOf(ours, page), value)).rejects.toThrow();
  expect(done).toEqual([]);
});

test('whatever a page sends, what reaches the app is what the contract allows', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names),
      fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true }),
      async (name, value) => {
        done.length = 0;
        await ask(name, senderOf(ours, page), value).catch(() => undefined);
        const schema = desktopCalls[name as keyof typeof desktopCalls].input;
        for (const [, input] of done) expect(schema.safeParse(input).success).toBe(true);
      },
    ),
  );
});
