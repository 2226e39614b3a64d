import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createClientRoom } from '../../../src-main/clients/client-room.ts';
import type { KeyView } from '../../../src-shared/contract/key.ts';
import { keyCreateSchema } from '../../../src-shared/contract/key.ts';

const models = [
  { id: 'gpt-5.5', name: 'GPT-5.5', contextWindow: 272_000 },
  { id: 'gpt-5.4-mini', name: 'GPT-5.4-mini', contextWindow: 128_000 },
];

/** The real room in a home of its own; only keys and Relay's answer to them are played. */
export function startRoom({ platform = 'linux' as NodeJS.Platform } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'relay-clients-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [home, dataDir] = [join(root, 'home'), join(root, 'data')];
  mkdirSync(home);
  const keys: KeyView[] = [];
  const secrets = new Map<string, string>();
  const logins = new Set<string>();
  const state = { url: 'http://127.0.0.1:4141', asked: [] as string[] };
  const isGood = (secret: string): boolean =>
    keys.some(({ id, revokedAt }) => revokedAt === null && secrets.get(id) === secret) || logins.has(secret);
  const room = createClientRoom({
    dataDir,
    machine: { platform, homeDir: home, variables: {} },
    keys: {
      list: () => keys,
      async create(wanted) {
        const number = keys.length + 1;
        const secret = `sk-relay-${number}-abcdefghijklmnop`;
        const limits = keyCreateSchema.parse(wanted);
        const key: KeyView = {
          ...limits,
          ...{ id: `key_${number}`, prefix: secret.slice(0, 12), createdAt: 1, revokedAt: null, previousUntil: null },
          ...{ lastUsedAt: null, lastClient: null },
        };
        keys.push(key);
        secrets.set(key.id, secret);
        return { key, secret };
      },
      revoke(id) {
        const at = keys.findIndex((key) => key.id === id);
        keys[at] = { ...keys[at]!, revokedAt: 2 };
      },
    },
    facts: () => ({ url: state.url, models }),
    fetch: async (input, init) => {
      const secret = new Headers(init?.headers).get('authorization')?.replace('Bearer ', '') ?? '';
      state.asked.push(`${input}`);
      return new Response('{}', { status: isGood(secret) ? 200 : 401 });
    },
    clock: { now: () => 1_000 },
  });
  const at = (path: string): string => join(home, path);
  return {
    room,
    home,
    dataDir,
    keys,
    logins,
    state,
    secretOf: (id: string) => secrets.get(id) ?? '',
    at,
    put(path: string, text: string): void {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), text);
    },
    read: (path: string): string => readFileSync(at(path), 'utf8'),
  };
}
