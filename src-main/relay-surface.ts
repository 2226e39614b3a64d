import type { StatusView } from '../src-shared/contract/status.ts';
import type { UsageQuery, UsageView } from '../src-shared/contract/usage.ts';
import type { Accounts } from './accounts/accounts.ts';
import type { SignIns } from './accounts/sign-in/sign-ins.ts';
import type { Tunnel } from './clients/tunnel/tunnel.ts';
import type { SettingsStore } from './config/settings-store.ts';
import type { Portability } from './dashboard/portability.ts';
import type { AccountsPort, OllamaPort } from './dashboard/ports.ts';
import type { Doctor } from './doctor/doctor.ts';
import type { PauseSwitch } from './gateway/pause-switch.ts';
import type { Budgets } from './keys/budgets.ts';
import type { Keys } from './keys/keys.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Rehearsal } from './rehearsal/rehearsal.ts';
import type { SecretMover } from './secrets/secret-mover.ts';
import type { SecretStore } from './secrets/secret-store.ts';

/** Relay as those see it who start it: the command line, the app, the tests. */
export interface Relay {
  readonly accounts: Accounts;
  /** Accounts as the dashboard's API has them: with model lists and tests, which ask an upstream. */
  readonly desk: AccountsPort;
  readonly signIns: SignIns;
  readonly keys: Keys;
  readonly budgets: Budgets;
  readonly ledger: Ledger;
  readonly settings: SettingsStore;
  readonly secrets: SecretStore;
  readonly secretMover: SecretMover;
  readonly rehearsal: Rehearsal;
  readonly pause: PauseSwitch;
  readonly tunnel: Tunnel;
  readonly ollama: OllamaPort;
  /** Exports, imports and backups. */
  readonly portability: Portability;
  readonly doctor: Doctor;
  usage(query: UsageQuery): Promise<UsageView>;
  status(): StatusView;
  /** Measures for the status page now. */
  measure(): Promise<void>;
  /** Reads an account's model list now; never rejects. */
  refreshModels(accountId: string): Promise<void>;
  /** The machine was asleep: what was learned of the network before is not held against anyone now. */
  woke(): void;
  /** Signs a browser in, once, within a minute. Only once it listens. */
  dashboardUrl(): string;
  /** Listens. Rejects when the port cannot be had. */
  start(): Promise<RelayAddress>;
  /** Refuses new calls, lets the running ones finish, closes everything. */
  stop(): Promise<void>;
}

export interface RelayAddress {
  readonly url: string;
  /** Signs a browser in, once, within a minute. */
  readonly dashboardUrl: string;
  readonly apiToken: string;
}
