import type { SecretStore } from './secret-store.ts';

/** Secrets that end with the process: for tests and the demo. */
export function createMemoryStore(): SecretStore {
  const secrets = new Map<string, string>();
  return {
    kind: 'memory',
    describe: () => 'memory only; gone when Relay stops',
    get: async (name) => secrets.get(name) ?? null,
    set: async (name, value) => {
      secrets.set(name, value);
    },
    delete: async (name) => {
      secrets.delete(name);
    },
  };
}
