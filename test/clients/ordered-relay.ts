import type { Settings } from '../../src-shared/contract/settings.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';

/** Relay in front of the logins `a` and `b`, which are asked in this order, whoever served before. */
export const startOrderedRelay = (settings: Partial<Settings> = {}): Promise<RunningRelay> =>
  startRelay({
    accounts: [
      { name: 'a', kind: 'chatgpt' },
      { name: 'b', kind: 'chatgpt' },
    ],
    settings: { 'routing.strategy': 'fill-first', 'routing.weights': { steady: 0, cache: 0 }, ...settings },
  });
