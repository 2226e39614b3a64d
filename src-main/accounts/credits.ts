import type { IncomingHttpHeaders } from 'node:http';
import type { Credits } from '../../src-shared/contract/account.ts';
import { asObject } from '../protocol/json-object.ts';
import { figure } from './quota-bounds.ts';

/** The credits in the headers of an answer (PROTOCOL 3.5); `null` where they say nothing. */
export const readCreditsHeaders = (headers: IncomingHttpHeaders, now: number): Credits | null =>
  creditsOf(
    headers['x-codex-credits-has-credits'],
    headers['x-codex-credits-unlimited'],
    headers['x-codex-credits-balance'],
    now,
  );

/** The `credits` of a `codex.rate_limits` event or of the usage endpoint (PROTOCOL 3.5, 6.4). */
export function readCredits(value: unknown, now: number): Credits | null {
  const json = asObject(value);
  return creditsOf(json?.['has_credits'], json?.['unlimited'], json?.['balance'], now);
}

function creditsOf(has: unknown, unlimited: unknown, balance: unknown, now: number): Credits | null {
  const hasCredits = yesOrNo(has);
  if (hasCredits === null) return null;
  return { has: hasCredits, unlimited: yesOrNo(unlimited) ?? false, balance: amount(balance), readAt: now };
}

/** As JSON or as header text, in the spellings that the Codex client takes. */
function yesOrNo(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : null;
}

/** The upstream's own text, as far as it is an amount: what is shown to people is not just anything. */
function amount(value: unknown): string | null {
  const text = String(figure(value) === null ? '' : value).trim();
  return text === '' ? null : text.slice(0, 32);
}
