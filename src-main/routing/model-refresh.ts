import type { Credential } from '../protocol/credential.ts';
import type { Upstream, UpstreamModel } from '../upstreams/upstream.ts';
import type { RoutedAccount } from './ports.ts';

export interface ModelRefreshPorts {
  readonly accounts: () => readonly RoutedAccount[];
  readonly credential: (accountId: string) => Promise<Credential>;
  readonly upstreamOf: (account: RoutedAccount) => Upstream;
  readonly learn: (accountId: string, models: readonly UpstreamModel[]) => void;
  /** Told why a list could not be read; the account keeps its last one. */
  readonly failed: (account: RoutedAccount, error: unknown) => void;
  /** 0 to 1. */
  readonly random: () => number;
}

export interface ModelRefresh {
  /** Reads one account's list now. Never rejects. */
  now(accountId: string): Promise<void>;
  /** The same, but rejects with the reason where the list could not be read. */
  read(accountId: string): Promise<void>;
  /** Reads every list, one after the other, and again every hour or so. */
  start(): void;
  stop(): void;
}

/** Gentle on the upstream: one request per account and hour, never two at once (PROTOCOL 0, 9.15). */
const EVERY_MS = 3_600_000;

/** Keeps each account's own model list: lists differ by plan, and new models must not be unknown (CLIENTS 26). */
export function createModelRefresh(ports: ModelRefreshPorts): ModelRefresh {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let lane = Promise.resolve();

  const read = async (account: RoutedAccount): Promise<void> => {
    if (stopped) return;
    try {
      const credential = await ports.credential(account.id);
      ports.learn(account.id, await ports.upstreamOf(account).models(account, credential));
    } catch (error) {
      if (!stopped) ports.failed(account, error);
      throw error;
    }
  };
  const queue = (account: RoutedAccount): Promise<void> => {
    const turn = lane.then(() => read(account));
    lane = turn.catch(() => undefined);
    return turn;
  };
  const readOf = async (accountId: string): Promise<void> => {
    const account = ports.accounts().find((candidate) => candidate.id === accountId);
    if (account !== undefined) await queue(account);
  };
  const round = (): void => {
    for (const account of ports.accounts()) {
      if (account.enabled && account.needsSignIn === null) queue(account).catch(() => undefined);
    }
    timer = setTimeout(round, EVERY_MS * (0.9 + 0.2 * ports.random()));
    timer.unref();
  };

  return {
    now: (accountId) => readOf(accountId).catch(() => undefined),
    read: readOf,
    start: round,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
