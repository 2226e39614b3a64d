import type { AccountView } from '../../src-shared/contract/account.ts';
import type { UpdateView } from '../../src-shared/contract/desktop.ts';
import type { TrayWindow } from '../../src-shared/contract/settings.ts';
import { canServe } from '../../src-shared/domain/account-health.ts';
import { headroom } from '../../src-shared/domain/window.ts';
import type { Glance } from './relay-link.ts';

/** What the icon says: calls are served; all accounts rest; a person is needed; a person has paused Relay. */
export const trayMoods = ['ok', 'resting', 'attention', 'paused'] as const;
export type TrayMood = (typeof trayMoods)[number];

export interface TrayAccount {
  readonly id: string;
  readonly label: string;
  readonly kind: AccountView['kind'];
  readonly enabled: boolean;
  readonly health: AccountView['health'];
  /** The window that the person chose; `null` where none is known, as with API keys. */
  readonly window: { readonly name: string; readonly left: number; readonly resetsAt: number | null } | null;
  readonly pinnedUntil: number | null;
}

export interface TrayState {
  readonly url: string;
  readonly mood: TrayMood;
  readonly pause: Glance['pause'];
  /** The public name under which an open tunnel is reached. */
  readonly tunnelHost: string | null;
  readonly accounts: readonly TrayAccount[];
  readonly today: { readonly calls: number; readonly tokens: number; readonly costMicroUsd: number };
  readonly lastError: { readonly callId: string; readonly at: number; readonly words: string } | null;
  readonly launchAtLogin: boolean;
  readonly update: UpdateView;
  readonly now: number;
}

export function trayState(glance: Glance, url: string, update: UpdateView, now: number): TrayState {
  const { pause, tunnel, today, lastError, settings } = glance;
  return {
    url,
    mood: moodOf(glance),
    pause,
    tunnelHost: tunnel === null ? null : new URL(tunnel.baseUrl).host,
    accounts: glance.accounts.map((account) => ({
      id: account.id,
      label: account.label,
      kind: account.kind,
      enabled: account.enabled,
      health: account.health,
      window: chosenWindow(account, settings['desktop.trayWindow'], now),
      pinnedUntil: account.pinnedUntil !== null && account.pinnedUntil > now ? account.pinnedUntil : null,
    })),
    today: {
      calls: today.calls,
      tokens: today.inputTokens + today.outputTokens,
      costMicroUsd: today.costMicroUsd,
    },
    lastError:
      lastError === null
        ? null
        : {
            callId: lastError.id,
            at: lastError.startedAt,
            words: lastError.reason ?? lastError.errorCode ?? 'It failed.',
          },
    launchAtLogin: settings['desktop.launchAtLogin'],
    update,
    now,
  };
}

function moodOf({ pause, accounts }: Glance): TrayMood {
  if (pause !== null) return 'paused';
  const used = accounts.filter((account) => account.enabled && account.pause === null);
  const needsPerson = used.some(({ health }) => health.state === 'needs-sign-in' || health.state === 'unlock-keyring');
  if (needsPerson || used.length === 0) return 'attention';
  if (used.some(({ health }) => canServe(health.state))) return 'ok';
  return used.some(({ health }) => health.state === 'resting') ? 'resting' : 'attention';
}

/** Of the plan's own windows: per-model extras say nothing about most calls. */
function chosenWindow({ windows }: AccountView, choice: TrayWindow, now: number): TrayAccount['window'] {
  const own = windows.filter(({ family }) => family === 'codex');
  const by = {
    tightest: (window: (typeof own)[number]) => headroom(window, now),
    shortest: (window: (typeof own)[number]) => window.lengthMs,
    longest: (window: (typeof own)[number]) => -window.lengthMs,
  }[choice];
  const [first] = own.toSorted((a, b) => by(a) - by(b));
  if (first === undefined) return null;
  const { name, resetsAt } = first;
  return { name, left: headroom(first, now), resetsAt: resetsAt !== null && resetsAt > now ? resetsAt : null };
}
