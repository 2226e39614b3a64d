import type { AccountView } from '../../src-shared/contract/account.ts';
import type { BudgetView } from '../../src-shared/contract/budget.ts';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import type { RelayPause } from '../../src-shared/contract/pause.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { StatusView } from '../../src-shared/contract/status.ts';
import type { OpenTunnel } from '../../src-shared/contract/tunnel.ts';
import type { UsageFigures } from '../../src-shared/contract/usage.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { periodStart } from '../../src-shared/domain/period.ts';
import { personZone } from '../../src-shared/format/person-zone.ts';
import type { RelayAccess, RunningRelay } from '../cli/relay-access.ts';
import type { Relay } from '../relay.ts';

/** What the app shows of Relay, read in one go. */
export interface Glance {
  readonly pause: RelayPause | null;
  readonly tunnel: OpenTunnel | null;
  readonly accounts: readonly AccountView[];
  readonly budgets: readonly BudgetView[];
  readonly today: UsageFigures;
  /** The last call that failed today. */
  readonly lastError: CallRecord | null;
  readonly settings: Settings;
}

/** Relay as the app's tray and window have it: in this process, or another one that owns the data folder. All is done as `tray`. */
export interface RelayLink
  extends Pick<RelayAccess, 'accounts' | 'signIns' | 'keys' | 'pause'>,
    Pick<RunningRelay, 'settings' | 'tunnel'> {
  /** Relay's own address, without a path. */
  readonly url: string;
  /** An address that signs the window in, once, within a minute. */
  dashboardUrl(): Promise<string>;
  glance(): Promise<Glance>;
  /** Told when a glance may show something else now. */
  onChange(listener: () => void): () => void;
  /** The machine was asleep. */
  woke(): void;
}

type Glanced = Pick<RelayAccess, 'accounts' | 'budgets' | 'pause' | 'usage' | 'calls'> &
  Pick<RunningRelay, 'settings'> & { status(): Pick<StatusView, 'tunnel'> | Promise<Pick<StatusView, 'tunnel'>> };

const machineZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

async function glanceAt(
  { accounts, budgets, pause, usage, calls, settings, status }: Glanced,
  clock: Clock,
): Promise<Glance> {
  const from = periodStart(clock.now(), 'day', personZone.read() ?? machineZone);
  const [paused, views, budgetViews, { totals }, failed, all, { tunnel }] = await Promise.all([
    pause.view(),
    accounts.views(),
    budgets.list(),
    usage({ from, grain: 'total', by: [], order: 'calls', series: 0, compare: 'none' }),
    calls({ limit: 1, status: 'error' }),
    settings.all(),
    status(),
  ]);
  const lastError = failed.calls[0] ?? null;
  return {
    ...{ pause: paused, tunnel, accounts: views, budgets: budgetViews, today: totals, settings: all },
    lastError: lastError !== null && lastError.startedAt >= from ? lastError : null,
  };
}

/** Relay in this process. */
export function ownLink(relay: Relay, url: string, clock: Clock): RelayLink {
  const { desk, signIns, keys, budgets, pause, tunnel, usage, settings, status } = relay;
  const accounts = { ...desk, ...desk.as('tray') };
  return {
    url,
    accounts,
    signIns: { ...signIns, start: (wanted) => signIns.start(wanted, 'tray') },
    keys,
    pause,
    tunnel,
    settings,
    dashboardUrl: async () => relay.dashboardUrl(),
    glance: () => glanceAt({ accounts, budgets, pause, usage, calls: relay.ledger.calls, settings, status }, clock),
    onChange(listener) {
      const stops = [
        desk.onChange(listener),
        relay.ledger.onChange(listener),
        settings.onChange(listener),
        budgets.onChange(listener),
        tunnel.onChange(listener),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
    woke: relay.woke,
  };
}

/** A Relay that another program runs on the same data folder, over its API. */
export function attachedLink(running: RunningRelay, clock: Clock): RelayLink {
  return {
    ...running,
    glance: () => glanceAt(running, clock),
    onChange(listener) {
      const over = new AbortController();
      void follow(running, over.signal, listener);
      return () => over.abort();
    },
    // It has its own clock to notice by.
    woke: () => undefined,
  };
}

/** Until that Relay ends: its window says so, and tries again. */
async function follow(running: RunningRelay, signal: AbortSignal, listener: () => void): Promise<void> {
  try {
    for await (const _event of running.events(signal)) listener();
  } catch {
    // What cannot be followed is still read once in a while.
  }
}
