import type { Clock } from '../../src-shared/domain/clock.ts';
import { Breaker, type BreakerMemory, type BreakerState, type Probe } from './breaker.ts';
import type { PathFault } from './failure.ts';
import type { NetworkState } from './network-state.ts';

/** What one attempt tells the breakers; the first of `served`, `failed` and `released` ends it. */
export interface Pass {
  /** First output, or a refusal that only a working upstream sends. */
  answered(): void;
  served(): void;
  failed(fault: PathFault): void;
  released(): void;
}

export interface BreakerView {
  readonly accountId: string;
  /** `null` for the path to the account as a whole. */
  readonly model: string | null;
  readonly state: BreakerState;
  /** Monotonic ms. */
  readonly openUntil: number;
}

/** The breakers of all accounts: one for each account's path as a whole, one for each model on it. */
export interface Breakers {
  /** Until a call for this model may be sent there (ms); 0 for now. */
  waitMs(accountId: string, model: string): number;
  /** The same where no other account is left: the last one is never given up (FAULTS R-05). */
  lastResortWaitMs(accountId: string, model: string): number;
  enter(accountId: string, model: string): Pass;
  /** Lets every open path be tried now: of one account, or of all. */
  retry(accountId?: string): void;
  /** Those that are not closed. */
  troubled(accountId: string): BreakerView[];
}

export interface BreakersPorts {
  readonly clock: Clock;
  readonly network: NetworkState;
  readonly openMs: () => number;
  readonly memory: readonly StoredBreaker[];
  /** `null` when nothing is left to remember. */
  readonly changed: (breaker: Omit<StoredBreaker, 'memory'> & { readonly memory: BreakerMemory | null }) => void;
}

export interface StoredBreaker {
  readonly accountId: string;
  readonly model: string | null;
  readonly memory: BreakerMemory;
}

interface Circuit extends Pick<StoredBreaker, 'accountId' | 'model'> {
  readonly breaker: Breaker;
  /** How often anything had answered when a failure counted last. */
  answersThen: number | null;
}

export function createBreakers({ clock, network, openMs, memory, changed }: BreakersPorts): Breakers {
  const circuits = new Map<string, Circuit>();
  const keep = (accountId: string, model: string | null, breaker: Breaker): Circuit => {
    const circuit = { accountId, model, breaker, answersThen: null };
    circuits.set(keyOf(accountId, model), circuit);
    return circuit;
  };
  for (const stored of memory) keep(stored.accountId, stored.model, new Breaker(stored.memory));

  const find = (accountId: string, model: string | null) => circuits.get(keyOf(accountId, model));
  const longest = (accountId: string, model: string, waitOf: (breaker: Breaker) => number): number => {
    // Nearly always; every choice asks this of every account.
    if (circuits.size === 0) return 0;
    const path = find(accountId, null);
    const own = find(accountId, model);
    return Math.max(path === undefined ? 0 : waitOf(path.breaker), own === undefined ? 0 : waitOf(own.breaker));
  };

  /** A lost network counts once and not for every call: between two failures something must have answered (FAULTS P-08). */
  const fail = (circuit: Circuit, probe: Probe | null, fault: PathFault): void => {
    if (fault !== 'broken' && circuit.answersThen === network.answers()) return release(circuit, probe);
    const now = clock.monotonic();
    circuit.answersThen = network.answers();
    if (circuit.breaker.failed(probe, now, openMs()))
      changed({ accountId: circuit.accountId, model: circuit.model, memory: circuit.breaker.memory });
  };
  const serve = (circuit: Circuit, probe: Probe | null): void => {
    const { opens } = circuit.breaker.memory;
    circuit.breaker.served(probe, clock.monotonic());
    if (circuit.breaker.memory.failures > 0) return;
    circuits.delete(keyOf(circuit.accountId, circuit.model));
    if (opens > 0) changed({ accountId: circuit.accountId, model: circuit.model, memory: null });
  };
  const answer = (circuit: Circuit, probe: Probe | null): void => {
    circuit.breaker.answered(probe);
    // The last resort answers: whatever made all paths fail together is over.
    if (probe?.early === true) for (const other of circuits.values()) other.breaker.endPeriod(clock.monotonic());
  };
  const release = (circuit: Circuit, probe: Probe | null): void => circuit.breaker.released(probe);

  return {
    waitMs: (accountId, model) => longest(accountId, model, (breaker) => breaker.waitMs(clock.monotonic())),
    lastResortWaitMs: (accountId, model) =>
      longest(accountId, model, (breaker) => breaker.lastResortWaitMs(clock.monotonic())),
    enter(accountId, model) {
      const now = clock.monotonic();
      const pathProbe = find(accountId, null)?.breaker.enter(now, openMs()) ?? null;
      const ownProbe = find(accountId, model)?.breaker.enter(now, openMs()) ?? null;
      const path = (tell: (circuit: Circuit, probe: Probe | null) => void): void => {
        const circuit = find(accountId, null);
        if (circuit !== undefined) tell(circuit, pathProbe);
      };
      const own = (tell: (circuit: Circuit, probe: Probe | null) => void): void => {
        const circuit = find(accountId, model);
        if (circuit !== undefined) tell(circuit, ownProbe);
      };
      const both = (tell: (circuit: Circuit, probe: Probe | null) => void): void => {
        path(tell);
        own(tell);
      };
      return {
        answered: () => both(answer),
        served: () => both(serve),
        released: () => both(release),
        failed(fault) {
          if (fault === 'overloaded') return both(answer);
          if (fault === 'unreachable') {
            fail(find(accountId, null) ?? keep(accountId, null, new Breaker()), pathProbe, fault);
            return own(release);
          }
          fail(find(accountId, model) ?? keep(accountId, model, new Breaker()), ownProbe, fault);
          path(fault === 'broken' ? serve : release);
        },
      };
    },
    retry(accountId) {
      for (const circuit of circuits.values()) {
        const now = clock.monotonic();
        const asked = accountId === undefined || circuit.accountId === accountId;
        if (!asked || circuit.breaker.state(now) !== 'open') continue;
        circuit.breaker.endPeriod(now);
        changed({ accountId: circuit.accountId, model: circuit.model, memory: circuit.breaker.memory });
      }
    },
    troubled: (accountId) =>
      [...circuits.values()]
        .filter((circuit) => circuit.accountId === accountId && circuit.breaker.state(clock.monotonic()) !== 'closed')
        .map(({ model, breaker }) => ({
          accountId,
          model,
          state: breaker.state(clock.monotonic()),
          openUntil: breaker.memory.openUntil,
        })),
  };
}

const keyOf = (accountId: string, model: string | null): string => `${accountId} ${model ?? ''}`;
