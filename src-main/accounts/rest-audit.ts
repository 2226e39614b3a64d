import type { Actor } from '../../src-shared/contract/audit.ts';
import { type Account, PLAN_FAMILY, type Rest } from './account.ts';
import type { Audit } from './audit.ts';
import { restInWords } from './health.ts';

/** Shorter rests come and go with every burst of calls: the call log shows them, and they would push all else out of the audit. */
const WORTH_NOTING_MS = 300_000;

export type RestAudit = ReturnType<typeof createRestAudit>;

/** Which rests are worth an entry, so that the end of one is told exactly where its begin was. */
export function createRestAudit(audit: Pick<Audit, 'note'>) {
  // Rests of an earlier run are not in here: those that are still on are long ones.
  const unnoted = new WeakSet<Rest>();
  return {
    /** `before` is the rest that this one makes longer. */
    begun(account: Account, family: string, rest: Rest, before: Rest | undefined, now: number): void {
      const wasNoted = before !== undefined && before.until > now && !unnoted.has(before);
      const longer = rest.until - (wasNoted ? before.until : now);
      if (longer >= WORTH_NOTING_MS) {
        const detail = restInWords(account, family, rest, now);
        audit.note({ actor: 'automatic', what: 'rest-begun', account, detail });
      } else if (!wasNoted) unnoted.add(rest);
    },
    /** The same rest under other times. */
    moved(rest: Rest, to: Rest): void {
      if (unnoted.has(rest)) unnoted.add(to);
    },
    ended(account: Account, family: string, rest: Rest, actor: Actor = 'automatic'): void {
      if (unnoted.has(rest)) return;
      const whose = family === PLAN_FAMILY ? 'The rest' : `The rest of ${family}`;
      const detail = actor === 'automatic' ? `${whose} is over.` : `${whose} was ended by hand.`;
      audit.note({ actor, what: 'rest-ended', account, detail });
    },
  };
}
