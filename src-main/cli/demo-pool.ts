import { systemClock } from '../../src-shared/domain/clock.ts';
import type { Relay } from '../relay.ts';
import { createSimulator, type Simulator } from '../simulator/simulator.ts';

const hourMs = 3_600_000;

/** Three accounts at different points of their windows; small ones, so that light traffic is seen to fill them. */
export function createDemoSimulator(): Simulator {
  const latency = { firstMs: 250, perEventMs: 25 };
  return createSimulator({
    clock: systemClock,
    seed: 7,
    accounts: [
      {
        name: 'personal',
        kind: 'chatgpt',
        email: 'ada@example.com',
        plan: 'plus',
        latency,
        fiveHour: { usedPercent: 38, capacityTokens: 40_000, resetsInMs: 2.4 * hourMs },
        weekly: { usedPercent: 61, capacityTokens: 400_000, resetsInMs: 70 * hourMs },
      },
      {
        name: 'work',
        kind: 'chatgpt',
        email: 'ada@analytical.example',
        plan: 'pro',
        latency,
        fiveHour: { usedPercent: 35, capacityTokens: 200_000, resetsInMs: 4.1 * hourMs },
        weekly: { usedPercent: 22, capacityTokens: 2_000_000, resetsInMs: 130 * hourMs },
      },
      { name: 'api key', kind: 'openai', latency },
    ],
  });
}

export async function addDemoAccounts(relay: Relay, simulator: Simulator): Promise<void> {
  const added = [
    ...(await Promise.all(
      ['personal', 'work'].map((label) =>
        relay.accounts.importAuthJson({ content: simulator.account(label).authJson(), label, acceptShared: true }),
      ),
    )),
    await relay.accounts.addApiKey({
      apiKey: simulator.account('api key').apiKey,
      wire: 'responses',
      label: 'api key',
    }),
  ];
  await Promise.all(added.map(({ id }) => relay.refreshModels(id)));
}
