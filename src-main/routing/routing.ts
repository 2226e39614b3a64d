import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import type { Timers } from '../../src-shared/domain/timers.ts';
import type { AccountSignals } from '../accounts/health.ts';
import type { Keys } from '../keys/keys.ts';
import type { Upstream } from '../upstreams/upstream.ts';
import { createAccountSignals } from './account-signals.ts';
import type { Affinity } from './affinity.ts';
import { createAskedModel } from './asked-model.ts';
import { createCachePrice } from './cache-price.ts';
import { createChooser } from './chooser.ts';
import { createConversationMemory } from './conversation-memory.ts';
import type { EncryptedOrigins } from './encrypted-origins.ts';
import { isMetered } from './gates.ts';
import type { AccountPool, RoutedAccount } from './ports.ts';
import { createReplay } from './replay.ts';
import { createRouter, type Router } from './router.ts';
import { createRoutingQuestions, type RoutingQuestions } from './routing-questions.ts';
import { openSafeguards, type SafeguardPorts } from './safeguards.ts';
import { createStats } from './stats.ts';
import { createTrials, type TryAccount } from './trial.ts';

export interface RoutingPorts extends SafeguardPorts {
  readonly accounts: AccountPool;
  readonly keys: Pick<Keys, 'list'>;
  readonly upstreamOf: (account: RoutedAccount) => Upstream;
  readonly isKnownModel: (model: string) => boolean;
  readonly newestCall: () => Promise<CallRecord | undefined>;
  readonly timers: Timers;
}

export interface Routing {
  readonly router: Router;
  readonly affinity: Affinity;
  readonly origins: EncryptedOrigins;
  readonly questions: RoutingQuestions;
  readonly tryAccount: TryAccount;
  /** How many events of upstreams were not JSON, since the start. */
  damagedEvents(): number;
  signals(accountId: string): AccountSignals;
  /** Lets calls try again at once where failures have closed a path: to one account, or to all after the machine slept. */
  retry(accountId?: string): void;
  /** Told of every call whenever its record changes. */
  noted(call: CallRecord): void;
  /** Resolves when everything that was learned is written; to be asked last. */
  written(): Promise<void>;
}

/** Puts the parts of the room together: those that carry calls, and those that answer questions about them. */
export async function openRouting(ports: RoutingPorts): Promise<Routing> {
  const { accounts, keys, database, upstreamOf, isKnownModel, newestCall, random, timers, clock } = ports;
  const settings = ports.settings.all;
  const conversations = createConversationMemory({ ...ports, keepMs: () => ports.settings.get('affinity.keepMs') });
  const { affinity, origins } = conversations;
  const [safeguards] = await Promise.all([openSafeguards(ports), conversations.loaded]);
  const { breakers, families, network } = safeguards;
  const stats = createStats(clock);
  const uncachedNanoUsd = createCachePrice(ports.settings);
  const chooser = createChooser({ accounts, stats, breakers, families, settings, uncachedNanoUsd, random, clock });
  const isMeteredId = (id: string): boolean =>
    accounts.list().some((account) => account.id === id && isMetered(account));
  return {
    affinity,
    origins,
    router: createRouter({
      ...safeguards,
      accounts,
      upstreamOf,
      affinity,
      origins,
      settings,
      chooser,
      stats,
      random,
      timers,
      clock,
    }),
    tryAccount: createTrials({ ...safeguards, accounts, upstreamOf, stats, families, clock }),
    questions: createRoutingQuestions({
      accounts,
      keys,
      chooser,
      affinity,
      stats,
      safeguards,
      settings,
      replay: createReplay({ database, uncachedNanoUsd, isMetered: isMeteredId, clock, pause: nextTurn }),
      modelOf: createAskedModel({ isKnown: isKnownModel, settings, newestCall }),
      clock,
    }),
    signals: createAccountSignals({ stats, breakers, network, clock }),
    damagedEvents: safeguards.damaged.count,
    noted: safeguards.noted,
    retry: breakers.retry,
    async written() {
      await Promise.all([safeguards.written(), conversations.stop()]);
    },
  };
}
