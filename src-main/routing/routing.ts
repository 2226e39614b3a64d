import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import type { Keys } from '../keys/keys.ts';
import type { Database } from '../ledger/database.ts';
import type { Upstream } from '../upstreams/upstream.ts';
import { type Affinity, createAffinity } from './affinity.ts';
import { createAskedModel } from './asked-model.ts';
import { createCachePrice } from './cache-price.ts';
import { createChooser } from './chooser.ts';
import type { AccountPool, RoutedAccount } from './ports.ts';
import { createReplay } from './replay.ts';
import { createRouter, type Router } from './router.ts';
import { createRoutingQuestions, type RoutingQuestions } from './routing-questions.ts';
import { createStats } from './stats.ts';

export interface RoutingPorts {
  readonly accounts: AccountPool;
  readonly keys: Pick<Keys, 'list'>;
  readonly settings: SettingsStore;
  readonly database: Database;
  readonly upstreamOf: (account: RoutedAccount) => Upstream;
  readonly isKnownModel: (model: string) => boolean;
  readonly newestCall: () => Promise<CallRecord | undefined>;
  /** 0 to below 1. */
  readonly random: () => number;
  readonly clock: Clock;
}

export interface Routing {
  readonly router: Router;
  readonly affinity: Affinity;
  readonly questions: RoutingQuestions;
}

/** Puts the parts of the room together: those that carry calls, and those that answer questions about them. */
export function createRouting(ports: RoutingPorts): Routing {
  const { accounts, keys, settings, database, upstreamOf, isKnownModel, newestCall, random, clock } = ports;
  const affinity = createAffinity(clock);
  const stats = createStats(clock);
  const uncachedNanoUsd = createCachePrice(settings);
  const chooser = createChooser({ accounts, stats, settings: settings.all, uncachedNanoUsd, random, clock });
  const isMetered = (id: string): boolean =>
    accounts.list().some((account) => account.id === id && account.kind === 'openai');
  return {
    affinity,
    router: createRouter({ accounts, upstreamOf, affinity, settings: settings.all, chooser, stats, clock }),
    questions: createRoutingQuestions({
      accounts,
      keys,
      chooser,
      affinity,
      stats,
      settings: settings.all,
      replay: createReplay({ database, uncachedNanoUsd, isMetered, clock, pause: nextTurn }),
      modelOf: createAskedModel({ isKnown: isKnownModel, settings: settings.all, newestCall }),
      clock,
    }),
  };
}
