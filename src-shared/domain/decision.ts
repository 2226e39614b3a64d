/** What a score is made of, in the order in which it is added up and stored. */
export const partNames = [
  'headroom',
  'reliability',
  'speed',
  'load',
  'cache',
  'policy',
  'metered',
  'order',
  'turn',
  'steady',
] as const;
export type PartName = (typeof partNames)[number];

/** Points that a part of value 1 gives. */
export type Weights = Readonly<Record<PartName, number>>;

/** Ready-made sets of weights. */
export const strategyNames = [
  'balanced',
  'use-it-or-lose-it',
  'fill-first',
  'round-robin',
  'fastest',
  'single',
] as const;
export type StrategyName = (typeof strategyNames)[number];

/** What keeps an account from a call before any score. The first that holds is the one that is told. */
export const gateCodes = [
  'left-out',
  'disabled',
  'paused',
  'needs-sign-in',
  'keyring-locked',
  'not-allowed',
  'lacks-model',
  'foreign-state',
  'resting',
  'breaker-open',
  'overflow',
  'at-capacity',
  'pinned-elsewhere',
  'tried',
] as const;
export type GateCode = (typeof gateCodes)[number];

/** The window that says most about an account's headroom. */
export interface DecisiveWindow {
  readonly lengthMs: number;
  /** Share left, 0 to 1. */
  readonly left: number;
  readonly resetsAt: number | null;
  /** Read so long ago that it counts less. */
  readonly stale: boolean;
}

/** One account in a decision: its gate, or the facts that its score was made of. */
export interface Verdict {
  readonly accountId: string;
  readonly accountLabel: string;
  readonly gate: {
    readonly code: GateCode;
    /** When it opens by itself (ms); `null` where that is not known or never. */
    readonly until: number | null;
    /** What the account's own state says, where it says more than the code. */
    readonly note: string | null;
  } | null;
  /** Sum of weight times value; `null` behind a gate. */
  readonly score: number | null;
  /** Value of each part from 0 to `PART_SCALE`, in the order of `partNames`; empty behind a gate. */
  readonly values: readonly number[];
  readonly facts: {
    /** `null` where the quota is not known. */
    readonly window: DecisiveWindow | null;
    /** Recent attempts that answered, and all of them; old ones count less, so they are no whole numbers. */
    readonly served: number;
    readonly tried: number;
    readonly ttftMs: number | null;
    readonly inFlight: number;
    readonly maxConcurrency: number | null;
    /** A metered key in place of a subscription. */
    readonly standsIn: boolean;
    /** Place in the person's order, from 0. */
    readonly place: number;
    /** Choices since this account was chosen last; `null` where it was not yet. */
    readonly turnsSince: number | null;
  } | null;
}

/** Values are whole numbers so that a stored decision adds up to exactly the same score. */
export const PART_SCALE = 10_000;

/** All candidates of one choice, with everything that their explanation is made of. Compact: the words are made when they are read. */
export interface Decision {
  readonly at: number;
  readonly strategy: StrategyName;
  /** In the order of `partNames`. */
  readonly weights: readonly number[];
  readonly model: string;
  /** The account that holds the conversation, and what moving away from it costs at API prices; `null` for a new conversation. */
  readonly conversation: {
    readonly ownerId: string;
    readonly cachedTokens: number | null;
    readonly savedMicroUsd: number | null;
  } | null;
  /** Index into `verdicts`, or -1 where no account can serve. */
  readonly chosen: number;
  readonly verdicts: readonly Verdict[];
}

export const scoreOf = (values: readonly number[], weights: readonly number[]): number => {
  let score = 0;
  for (let part = 0; part < values.length; part += 1) score += weights[part]! * values[part]!;
  return score / PART_SCALE;
};
