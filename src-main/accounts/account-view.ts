import type { AccountView } from '../../src-shared/contract/account.ts';
import { type Account, PLAN_FAMILY } from './account.ts';
import { type AccountSignals, healthOf, restInWords } from './health.ts';
import { viewWindow } from './window-view.ts';

/** An account as people and scripts see it: no secret, and its state in words. */
export function viewAccount(
  account: Account,
  signals: AccountSignals,
  skewMs: number | null,
  now: number,
): AccountView {
  return {
    id: account.id,
    label: account.label,
    kind: account.kind,
    wire: account.wire,
    baseUrl: account.baseUrl,
    email: account.email,
    plan: account.plan,
    upstreamAccountId: account.upstreamAccountId,
    upstreamUserId: account.upstreamUserId,
    linkedFile: account.linkedFile,
    enabled: account.enabled,
    policy: account.policy,
    position: account.position,
    maxConcurrency: account.maxConcurrency,
    color: account.color,
    pause: account.pause,
    pinnedUntil: account.pinnedUntil,
    createdAt: account.createdAt,
    health: healthOf(account, signals, now),
    restingFamilies: restingFamilies(account, now),
    lackingModels: lackingModels(account, now),
    login:
      account.login === null
        ? null
        : { ...account.login, shared: account.login.shared || account.linkedFile !== null, skewMs },
    inFlight: account.inFlight,
    windows: [...account.windows.values()]
      .map((window) => viewWindow(account, window, now))
      .sort((a, b) => compare(a.family, b.family) || a.lengthMs - b.lengthMs),
    credits: account.credits,
    usage: account.usage,
    usageError: account.usageError,
    models: [...(account.models ?? [])].sort(compare),
  };
}

function restingFamilies(account: Account, now: number): AccountView['restingFamilies'] {
  return [...account.rests]
    .filter(([family, rest]) => family !== PLAN_FAMILY && rest.until > now)
    .map(([family, rest]) => ({ family, until: rest.until, reason: restInWords(account, family, rest, now) }))
    .sort((a, b) => compare(a.family, b.family));
}

function lackingModels({ unsupported }: Account, now: number): AccountView['lackingModels'] {
  return [...unsupported]
    .filter(([, until]) => until > now)
    .map(([model, until]) => ({ model, until }))
    .sort((a, b) => compare(a.model, b.model));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
