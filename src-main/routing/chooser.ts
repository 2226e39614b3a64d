import type { Settings } from '../../src-shared/contract/settings.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Decision } from '../../src-shared/domain/decision.ts';
import { PLAN_FAMILY } from '../accounts/account.ts';
import { type Choosing, candidatesFor } from './candidate.ts';
import { decide } from './decide.ts';
import type { RoutedAccount } from './ports.ts';
import type { RoutingStats } from './stats.ts';
import { type Scoring, scoringOf } from './strategies.ts';

export interface ChooserPorts {
  readonly accounts: { list(): readonly RoutedAccount[] };
  readonly stats: RoutingStats;
  readonly settings: () => Settings;
  /** What a token of this model costs more when it is not in the cache, in nano-dollars; `null` where that is not known. */
  readonly uncachedNanoUsd: (model: string) => number | null;
  /** 0 to below 1. */
  readonly random: () => number;
  readonly clock: Clock;
}

/** What a call, or a person who asks what would happen, says about a choice. */
export interface Wanted extends Pick<Choosing, 'model' | 'allowedAccounts' | 'tried' | 'owner' | 'boundTo'> {
  /** Accounts that a person leaves out. */
  readonly without?: ReadonlySet<string>;
  /** Instead of what the settings say. */
  readonly scoring?: Scoring;
}

export interface Chooser {
  /** What would be chosen now. Nothing is counted: who acts on it says so to the stats. */
  choose(wanted: Wanted): { readonly decision: Decision; readonly account: RoutedAccount | null };
}

const nothing: ReadonlySet<string> = new Set();

/** Brings together what the parts of routing know for one choice; for calls and for questions alike. */
export function createChooser(ports: ChooserPorts): Chooser {
  const { accounts, stats, settings, uncachedNanoUsd, random, clock } = ports;
  return {
    choose({ without = nothing, scoring = scoringOf(settings()), ...wanted }) {
      const candidates = candidatesFor(accounts.list(), wanted.model, stats);
      const choosing: Choosing = {
        ...wanted,
        without,
        families: [PLAN_FAMILY],
        overflow: 'allowed',
        uncachedNanoUsd: uncachedNanoUsd(wanted.model),
      };
      const decision = decide(candidates, choosing, scoring, clock.now(), random);
      return { decision, account: candidates[decision.chosen]?.account ?? null };
    },
  };
}
