import type { AccountView } from '../../src-shared/contract/account.ts';
import { windowName } from '../../src-shared/domain/window.ts';
import { type Account, PLAN_FAMILY } from './account.ts';

/** An account as people and scripts see it: no secret, and its state in words. */
export function viewAccount(account: Account, now: number): AccountView {
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
    health: healthOf(account, now),
    inFlight: account.inFlight,
    windows: [...account.windows.values()]
      .map((window) => ({ ...window, name: windowName(window.lengthMs) }))
      .sort((a, b) => compare(a.family, b.family) || a.lengthMs - b.lengthMs),
    models: [...(account.models ?? [])].sort(compare),
  };
}

/** The first thing that stands in the way. `unreachable` is the network's fault and is told by whoever watches that. */
function healthOf(account: Account, now: number): AccountView['health'] {
  if (!account.enabled) return { state: 'disabled', reason: 'Switched off by you.', until: null };
  if (account.needsSignIn !== null) return { state: 'needs-sign-in', reason: account.needsSignIn, until: null };
  if (account.secretMissing !== null) return { state: 'secret-missing', reason: account.secretMissing, until: null };
  const rest = account.rests.get(PLAN_FAMILY);
  if (rest !== undefined && rest.until > now) return { state: 'resting', reason: rest.reason, until: rest.until };
  return { state: 'ready', reason: 'Ready.', until: null };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
