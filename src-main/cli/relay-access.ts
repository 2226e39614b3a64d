import type { CallList, CallQuery } from '../../src-shared/contract/call.ts';
import type { CallExport, Har } from '../../src-shared/contract/call-export.ts';
import type { DoctorReport } from '../../src-shared/contract/doctor.ts';
import type { FailureList, FailureQuery } from '../../src-shared/contract/failure.ts';
import type { ImportPlan, Portable } from '../../src-shared/contract/portable.ts';
import type { SignInStart, SignInView } from '../../src-shared/contract/sign-in.ts';
import type { StatusView } from '../../src-shared/contract/status.ts';
import type { UsageQuery, UsageView } from '../../src-shared/contract/usage.ts';
import type { RelayFacts } from '../clients/connections.ts';
import type {
  AccountControlPort,
  AccountsPort,
  BudgetsPort,
  KeysPort,
  OllamaPort,
  PausePort,
  RehearsalPort,
  RoutingPort,
  SecretsPort,
  SettingsPort,
  SignInsPort,
  TunnelPort,
} from '../dashboard/ports.ts';

/** What commands do with Relay, whether it runs (over its API) or not (in the data folder itself). */
export interface RelayAccess {
  readonly accounts: AccountAccess;
  readonly signIns: SignInAccess;
  readonly keys: KeysPort;
  readonly budgets: BudgetsPort;
  readonly secrets: SecretsPort;
  readonly rehearsal: RehearsalPort;
  readonly portability: PortableAccess;
  readonly pause: PausePort;
  readonly usage: (query: UsageQuery) => Promise<UsageView>;
  readonly calls: (query: CallQuery) => Promise<CallList>;
  readonly doctor: () => Promise<DoctorReport>;
  readonly failures: (query: FailureQuery) => Promise<FailureList>;
}

/** Accounts, changed by whoever types the command. */
export interface AccountAccess
  extends AccountControlPort,
    Pick<AccountsPort, 'views' | 'models' | 'refreshUsage' | 'audit'> {}

/** Exports, imports and backups, asked for by whoever types the command. */
export interface PortableAccess {
  exportSettings(): Promise<Portable>;
  importSettings(file: unknown, dryRun: boolean): Promise<ImportPlan>;
  exportCall(id: string, format: 'json' | 'har', withBodies: boolean): Promise<CallExport | Har>;
  /** Writes a copy of the database to `path`; how large it is (bytes). Takes no other file's place. */
  backUp(path: string): Promise<number>;
}

/** Sign-ins, started by whoever types the command. */
export interface SignInAccess extends Omit<SignInsPort, 'start' | 'readFound' | 'onChange'> {
  start(wanted: SignInStart): Promise<SignInView>;
}

/** What only a running Relay can tell. */
export interface RunningRelay extends RelayAccess {
  readonly url: string;
  readonly apiToken: string;
  readonly pid: number;
  readonly routing: RoutingPort;
  readonly settings: SettingsPort;
  readonly tunnel: Omit<TunnelPort, 'onChange'>;
  readonly ollama: OllamaPort;
  /** What clients are pointed at, and with which models. */
  readonly clientFacts: () => Promise<RelayFacts>;
  readonly status: () => Promise<StatusView>;
  /** An address that signs a browser in, once, within a minute. */
  readonly dashboardUrl: () => Promise<string>;
  /** Live events by name, as they come, until Relay ends or the signal aborts. */
  readonly events: (signal: AbortSignal) => AsyncGenerator<{ readonly name: string; readonly data: unknown }>;
}
