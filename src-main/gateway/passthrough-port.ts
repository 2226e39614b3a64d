import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { type Account, PLAN_FAMILY } from '../accounts/account.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Exchanges } from '../upstreams/exchange.ts';
import { passThrough } from '../upstreams/openai/passthrough.ts';
import type { CallerIdentity, Passthrough } from './ports.ts';

export interface PassthroughPorts {
  readonly accounts: Pick<Accounts, 'list' | 'view' | 'credential'>;
  readonly exchanges: Exchanges;
  /** Of accounts without one of their own. */
  readonly baseUrl: string;
  readonly clock: Clock;
}

/** API-key accounts for what only the API itself serves: the pinned one first, then in the person's order. */
export function createPassthrough({ accounts, exchanges, baseUrl, clock }: PassthroughPorts): Passthrough {
  return {
    account(identity) {
      const now = clock.now();
      const usable = accounts.list().filter((account) => canTake(account, identity, now));
      const chosen = usable.find(({ pinnedUntil }) => (pinnedUntil ?? 0) > now) ?? usable[0];
      if (chosen !== undefined) return chosen;
      const kept = accounts.list().filter((account) => isMeant(account, identity));
      if (kept.length === 0) return null;
      const reasons = kept.map((account) => `${account.label}: ${accounts.view(account, now).health.reason}`);
      throw new RelayError('no_available_accounts', {
        message: `No API-key account can serve this now. ${reasons.slice(0, MAX_TOLD).join(' ')}`,
      });
    },
    async send(accountId, request, observer) {
      const account = accounts.list().find(({ id }) => id === accountId);
      if (account === undefined) throw new RelayError('no_available_accounts');
      const credential = await accounts.credential(accountId);
      account.inFlight += 1;
      account.lastUsedAt = clock.now();
      let isOver = false;
      const over = (): void => {
        if (isOver) return;
        isOver = true;
        account.inFlight -= 1;
      };
      const exchange = passThrough(exchanges, baseUrl, account, credential, request, {
        head: observer.head,
        data: observer.data,
        end() {
          over();
          observer.end();
        },
        error(error) {
          over();
          observer.error(error);
        },
      });
      return {
        resume: () => exchange.resume(),
        cancel() {
          over();
          exchange.cancel();
        },
      };
    },
  };
}

const MAX_TOLD = 3;

const isMeant = ({ id, label, kind }: Account, { accounts: allowed }: CallerIdentity): boolean =>
  kind === 'openai' && (allowed === null || allowed.includes(id) || allowed.includes(label));

/** The gates of routing that hold without a model. */
function canTake(account: Account, identity: CallerIdentity, now: number): boolean {
  const { enabled, pause, needsSignIn, keyringLocked, rests, maxConcurrency, inFlight } = account;
  if (!isMeant(account, identity) || !enabled || needsSignIn !== null || keyringLocked !== null) return false;
  if (pause !== null && (pause.until === null || pause.until > now)) return false;
  if ((rests.get(PLAN_FAMILY)?.until ?? 0) > now) return false;
  return maxConcurrency === null || inFlight < maxConcurrency;
}
