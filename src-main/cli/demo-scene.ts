import type { Relay } from '../relay.ts';
import { demoHistory } from './demo-history.ts';

/** Nine weeks: a month to look at, and the one before to compare it with. */
const days = 63;

/** Keys, budgets and weeks of calls for the demo's dashboard: what a small team would have after a while. */
export async function addDemoScene(relay: Relay, now: number): Promise<void> {
  const laptop = await relay.keys.create({ name: 'Codex on my laptop', project: 'storefront', member: 'ada' });
  const editor = await relay.keys.create({
    name: 'Cursor',
    project: 'storefront',
    member: 'grace',
    requestsPerMinute: 60,
    tokensPerMinute: 400_000,
    concurrency: 4,
  });
  const review = await relay.keys.create({
    name: 'Review bot',
    project: 'infrastructure',
    endpoints: ['chat'],
    effortCeiling: 'medium',
    requestsPerMinute: 20,
    overflow: true,
  });
  const clients = [
    { key: laptop.key, client: 'Codex CLI 0.169.0', userAgent: 'codex_cli_rs/0.169.0' },
    { key: editor.key, client: 'Cursor 3.2', userAgent: 'Cursor/3.2' },
    { key: review.key, client: 'openai-python 2.11.0', userAgent: 'OpenAI/Python 2.11.0' },
  ];
  const accounts = relay.accounts.list().map(({ id, label, kind }) => ({ id, label, metered: kind === 'openai' }));
  for (const call of demoHistory({ now, days, accounts, keys: clients, random: randomFrom(7) })) {
    relay.ledger.begin({ ...call, status: 'inflight', httpStatus: null, errorCode: null, reason: null, attempts: [] });
    relay.ledger.settle(call);
    relay.keys.touch(call.keyId, call.client, call.startedAt);
  }
  await relay.ledger.flush();
  await relay.budgets.create({
    scope: 'project',
    subject: 'storefront',
    unit: 'cost',
    period: 'month',
    limit: 75_000_000,
  });
  await relay.budgets.create({ scope: 'member', subject: 'grace', unit: 'tokens', period: 'week', limit: 9_000_000 });
  await relay.budgets.create({
    scope: 'project',
    subject: 'infrastructure',
    unit: 'cost',
    period: 'month',
    limit: 25_000_000,
  });
}

/** The same figures at every start. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
