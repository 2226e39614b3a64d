import { Refused } from './refused.ts';
import type { RelayAccess } from './relay-access.ts';

/** An account may also be named by its label, where that names one account only. */
export async function accountIdOf(relay: RelayAccess, given: string): Promise<string> {
  const views = await relay.accounts.views();
  const labelled = views.filter(({ label }) => label === given);
  const [only] = labelled;
  if (views.some(({ id }) => id === given) || only === undefined) return given;
  if (labelled.length === 1) return only.id;
  throw new Refused(`${labelled.length} accounts are labelled ${given}. Use the id: relay accounts list`);
}
