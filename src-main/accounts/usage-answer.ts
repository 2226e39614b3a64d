import type { Credits, UsageFacts } from '../../src-shared/contract/account.ts';
import type { LimitFamily, QuotaWindow } from '../../src-shared/domain/window.ts';
import { asIndex, asObject, asObjects, asText, type JsonObject } from '../protocol/json-object.ts';
import { CODE_REVIEW_FAMILY, PLAN_FAMILY } from './account.ts';
import { readCredits } from './credits.ts';
import { familyName } from './quota-bounds.ts';
import { readLimitWindow } from './quota-json.ts';

/** The answer of `wham/usage` (PROTOCOL 6.4), read and bounded. */
export interface UsageAnswer {
  readonly plan: string | null;
  readonly limits: readonly FamilyLimit[];
  /** True where it lists the families besides the plan's own, so that one that is not among them is gone. */
  readonly listsExtras: boolean;
  readonly credits: Credits | null;
  readonly facts: UsageFacts;
}

/** What it says about one family of windows. */
export interface FamilyLimit {
  readonly family: LimitFamily;
  readonly windows: readonly QuotaWindow[];
  /** True where every place for a window holds one that can be read, or says that there is none. */
  readonly complete: boolean;
  /** True where the upstream says that calls are allowed and no limit is reached; `null` where it says nothing. */
  readonly free: boolean | null;
}

/** `null` where the body is no usage answer at all: an error page, another endpoint's answer, nothing. */
export function readUsageAnswer(body: unknown, now: number): UsageAnswer | null {
  const json = asObject(body);
  if (json === null || !('rate_limit' in json)) return null;
  const spend = asObject(json['spend_control'])?.['reached'];
  const spendLimitReached = typeof spend === 'boolean' ? spend : null;
  const limitReached = wordOf(asObject(json['rate_limit_reached_type'])?.['type']);
  const own = familyLimit(PLAN_FAMILY, json['rate_limit'], now);
  const stopped = limitReached !== null || spendLimitReached === true;
  const extras = asObjects(json['additional_rate_limits']).map((extra) => {
    const name = asText(extra['metered_feature']) ?? asText(extra['limit_name']) ?? '';
    return name === '' ? null : familyLimit(familyName(name), extra['rate_limit'], now);
  });
  const all = [
    own === null || !stopped ? own : { ...own, free: false },
    familyLimit(CODE_REVIEW_FAMILY, json['code_review_rate_limit'], now),
    ...extras,
  ];
  return {
    plan: wordOf(json['plan_type']),
    limits: all.filter((limit) => limit !== null),
    listsExtras: json['additional_rate_limits'] === null || Array.isArray(json['additional_rate_limits']),
    credits: readCredits(json['credits'], now),
    facts: {
      readAt: now,
      limitReached,
      spendLimitReached,
      resetCredits: asIndex(asObject(json['rate_limit_reset_credits'])?.['available_count']),
    },
  };
}

function familyLimit(family: LimitFamily, value: unknown, now: number): FamilyLimit | null {
  const limit = asObject(value);
  if (limit === null) return null;
  const places = [limit['primary_window'], limit['secondary_window']];
  const windows = places.flatMap((place) => readLimitWindow(place, { family, source: 'usage-endpoint' }, now));
  return {
    family,
    windows,
    complete: windows.length === places.filter((place) => place !== null).length,
    free: isFree(limit, windows),
  };
}

function isFree(limit: JsonObject, windows: readonly QuotaWindow[]): boolean | null {
  if (typeof limit['allowed'] !== 'boolean') return null;
  const spent = windows.some(({ usedPercent }) => usedPercent >= 100);
  return limit['allowed'] && limit['limit_reached'] !== true && windows.length > 0 && !spent;
}

/** The upstream's own word for a plan or a limit, as far as it is one: it is shown to people. */
const wordOf = (value: unknown): string | null =>
  typeof value === 'string' && /^[\w.-]{1,64}$/.test(value) ? value : null;
