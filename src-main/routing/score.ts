import { PART_SCALE, type Verdict } from '../../src-shared/domain/decision.ts';
import type { Candidate, Choosing } from './candidate.ts';
import { isMetered } from './gates.ts';
import { quotaValue } from './quota-value.ts';

/** What an account is measured by besides itself. */
export interface Field {
  /** Accounts in the decision. */
  readonly size: number;
  /** Mean value of the speeds that are known: what an account without one is taken to have, so that it gets its turn. */
  readonly usualSpeed: number;
  /** What moving the conversation off its owner costs, guessed where the price is not known; 0 where its cache is not known. */
  readonly cacheMicroUsd: number;
  /** A metered key stands in for subscriptions. */
  readonly overflows: boolean;
}

/** An account's parts in the order of `partNames`, and the facts behind them. `place` is its place in the person's order. */
export function scoreParts(candidate: Candidate, place: number, call: Choosing, field: Field, now: number) {
  const { account, recent, turnsSince } = candidate;
  const served = recent?.served ?? 0;
  const tried = recent?.tried ?? 0;
  const ttftMs = recent?.ttftMs ?? null;
  const { inFlight, maxConcurrency } = account;
  const quota = quotaValue(account.windows, call.families, now);
  const values = [
    scale(quota.value),
    scale((served + TRUST) / (tried + TRUST)),
    scale(ttftMs === null ? field.usualSpeed : speedValue(ttftMs)),
    scale(maxConcurrency === null ? 8 / (8 + inFlight) : 1 - inFlight / maxConcurrency),
    call.owner?.accountId === account.id ? cacheValue(field.cacheMicroUsd) : 0,
    scale(policyValues[account.policy]),
    isMetered(account) ? 0 : PART_SCALE,
    scale(1 - place / field.size),
    turnValue(turnsSince, field.size),
    steadyValue(turnsSince),
  ];
  const facts: NonNullable<Verdict['facts']> = {
    window: quota.window,
    served,
    tried,
    ttftMs,
    inFlight,
    maxConcurrency,
    standsIn: field.overflows && isMetered(account),
    place,
    turnsSince,
  };
  return { values, facts };
}

const scale = (value: number): number => Math.round(value * PART_SCALE);

/** As many good calls are taken for granted: one failure is no verdict, and an account without recent calls is taken to work. */
const TRUST = 4;

const policyValues = { 'burn-first': 1, normal: 2 / 3, reserve: 0 } as const;

/** 1 at once, a half at 8 s: models that reason take seconds, so milliseconds must not decide. */
export const speedValue = (ttftMs: number): number => 8_000 / (8_000 + ttftMs);

/** What keeps a conversation where it is even with a cold cache: more than measurements tremble by. */
const MARGIN = 0.05;
/** A cache that is worth this much reaches half of the part. */
const HALF_MICRO_USD = 250_000;

/** The cache part of the account that holds a conversation, scaled. Grows with what moving away would cost. */
export const cacheValue = (microUsd: number): number =>
  scale(MARGIN + ((1 - MARGIN) * microUsd) / (HALF_MICRO_USD + microUsd));

/** The turn part, scaled: the longer ago the better, as far as two rounds of all accounts. */
export const turnValue = (turnsSince: number | null, accounts: number): number =>
  turnsSince === null ? PART_SCALE : scale(Math.min(1, turnsSince / (2 * accounts)));

/** The steady part, scaled. */
export const steadyValue = (turnsSince: number | null): number => (turnsSince === 0 ? PART_SCALE : 0);
