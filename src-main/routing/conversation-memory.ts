import { type Affinity, type AffinityPorts, createAffinity } from './affinity.ts';
import { createEncryptedOrigins, type EncryptedOrigins } from './encrypted-origins.ts';

/** All that is remembered of conversations, across restarts and without a word of what was said in them. */
export interface ConversationMemory {
  readonly affinity: Affinity;
  readonly origins: EncryptedOrigins;
  /** Resolves when what earlier runs knew is known, or could not be read: to be awaited before the first call. */
  readonly loaded: Promise<void>;
  /** Resolves when everything is written down. */
  stop(): Promise<void>;
}

export function createConversationMemory(ports: AffinityPorts): ConversationMemory {
  const affinity = createAffinity(ports);
  const origins = createEncryptedOrigins(ports);
  return {
    affinity,
    origins,
    loaded: Promise.all([affinity.load(), origins.load()]).then(() => undefined, ports.storageFailed),
    async stop() {
      await Promise.all([affinity.stop(), origins.stop()]);
    },
  };
}
