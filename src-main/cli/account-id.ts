import { Refused } from './refused.ts';
import type { RelayAccess } from './relay-access.ts';

/** An account may also be named by its label, where that names one account only. */
export async function accountIdOf(relay: RelayAccess, given: string): Promise<string> {
  const views = await relay.accounts.views();
  const labelled = views.filter(({ label }) => label === given);
  const [only] = labelled;
  // What is kept of calls and changes outlives its account.
  if (views.some(({ id }) => id === given) || (only === undefined && given.startsWith('acc_'))) return given;
  if (only === undefined) throw new Refused(`There is no account ${given}. Those that there are: relay accounts list`);
  if (labelled.length === 1) return only.id;
  throw new Refused(`${labelled.length} accounts are labelled ${given}. Use the id: relay accounts list`);
}
