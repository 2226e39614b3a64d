import type { Settings } from '../../src-shared/contract/settings.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Decision } from '../../src-shared/domain/decision.ts';
import type { Breakers } from './breakers.ts';
import { type Candidate, type Choosing, candidatesFor } from './candidate.ts';
import { decide } from './decide.ts';
import { isOverflow } from './gates.ts';
import type { LimitFamilies } from './limit-families.ts';
import type { RoutedAccount } from './ports.ts';
import type { RoutingStats } from './stats.ts';
import { type Scoring, scoringOf } from './strategies.ts';

export interface ChooserPorts {
  readonly accounts: { list(): readonly RoutedAccount[] };
  readonly stats: RoutingStats;
  readonly breakers: Pick<Breakers, 'waitMs'>;
  readonly families: Pick<LimitFamilies, 'of'>;
  readonly settings: () => Settings;
  /** What a token of this model costs more when it is not in the cache, in nano-dollars; `null` where that is not known. */
  readonly uncachedNanoUsd: (model: string) => number | null;
  /** 0 to below 1. */
  readonly random: () => number;
  readonly clock: Clock;
}

/** What a call, or a person who asks what would happen, says about a choice. */
export interface Wanted
  extends Pick<Choosing, 'model' | 'allowedAccounts' | 'tried' | 'owner' | 'boundTo' | 'overflow'> {
  /** Accounts that a person leaves out. */
  readonly without?: ReadonlySet<string>;
  /** Accounts that are tried although their breaker is open. */
  readonly behindBreaker?: ReadonlySet<string>;
  /** Instead of what the settings say. */
  readonly scoring?: Scoring;
}

export interface Choice {
  readonly decision: Decision;
  /** `null` where no account can serve. */
  readonly account: RoutedAccount | null;
  /** In the order of the decision's verdicts. */
  readonly candidates: readonly Candidate[];
  readonly choosing: Choosing;
  /** A metered key would stand in for subscriptions. */
  readonly overflows: boolean;
}

export interface Chooser {
  /** What would be chosen now. Nothing is counted: who acts on it says so to the stats. */
  choose(wanted: Wanted): Choice;
}

const nothing: ReadonlySet<string> = new Set();

/** Brings together what the parts of routing know for one choice; for calls and for questions alike. */
export function createChooser(ports: ChooserPorts): Chooser {
  const { accounts, stats, breakers, families, settings, uncachedNanoUsd, random, clock } = ports;
  return {
    choose({ without = nothing, behindBreaker = nothing, scoring = scoringOf(settings()), ...wanted }) {
      const { model } = wanted;
      const now = clock.now();
      const candidates = candidatesFor(accounts.list(), model, stats, (accountId) => {
        const ms = behindBreaker.has(accountId) ? 0 : breakers.waitMs(accountId, model);
        return ms === 0 ? null : Math.ceil(now + ms);
      });
      const choosing: Choosing = {
        ...wanted,
        without,
        families: families.of(model),
        uncachedNanoUsd: uncachedNanoUsd(model),
      };
      const decision = decide(candidates, choosing, scoring, now, random);
      const account = candidates[decision.chosen]?.account ?? null;
      return { decision, account, candidates, choosing, overflows: isOverflow(candidates, choosing) };
    },
  };
}
