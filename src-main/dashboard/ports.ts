import type { z } from 'zod';
import type {
  AccountCreate,
  AccountMove,
  AccountPatch,
  AccountPause,
  AccountView,
} from '../../src-shared/contract/account.ts';
import type { AccountModels, AccountTest } from '../../src-shared/contract/account-models.ts';
import type { AffinityQuery, AffinityView } from '../../src-shared/contract/affinity.ts';
import type { Actor, AuditList, AuditQuery } from '../../src-shared/contract/audit.ts';
import type { BudgetChange, BudgetCreate, BudgetView } from '../../src-shared/contract/budget.ts';
import type { CallList, CallQuery, CallRecord, CallValues, CallValuesQuery } from '../../src-shared/contract/call.ts';
import type { CallBodies } from '../../src-shared/contract/call-bodies.ts';
import type { CallExport } from '../../src-shared/contract/call-export.ts';
import type {
  ClientCheck,
  ClientConnected,
  ClientList,
  ClientPlan,
  ClientRecipe,
  ClientUndone,
  SeenClientList,
} from '../../src-shared/contract/client.ts';
import type { DecisionView } from '../../src-shared/contract/decision.ts';
import type { DoctorReport } from '../../src-shared/contract/doctor.ts';
import type { FailureList, FailureQuery } from '../../src-shared/contract/failure.ts';
import type { KeyCreated, KeyPatch, KeyUseView, KeyView, keyCreateSchema } from '../../src-shared/contract/key.ts';
import type { OllamaView } from '../../src-shared/contract/ollama.ts';
import type { PauseWish, RelayPause } from '../../src-shared/contract/pause.ts';
import type { ImportPlan, Portable } from '../../src-shared/contract/portable.ts';
import type { RehearsalView } from '../../src-shared/contract/rehearsal.ts';
import type { ReplayReport, RoutingPreview, RoutingReplay, RoutingView } from '../../src-shared/contract/routing.ts';
import type { SecretsMove, SecretsMoved, SecretsView } from '../../src-shared/contract/secrets.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { FoundLogin, SignInStart, SignInView } from '../../src-shared/contract/sign-in.ts';
import type { Kept, StatusView } from '../../src-shared/contract/status.ts';
import type { TunnelOpened, TunnelStart, TunnelView } from '../../src-shared/contract/tunnel.ts';
import type { UsageHours, UsageHoursQuery, UsageQuery } from '../../src-shared/contract/usage.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { UsageForm } from '../../src-shared/format/usage-text.ts';

import type { StatusPagesPort } from './status-pages.ts';

type Awaitable<T> = T | Promise<T>;
type Unsubscribe = () => void;

type ApiKeyAccount = Extract<AccountCreate, { type: 'api-key' }>;
type AuthJsonAccount = Extract<AccountCreate, { type: 'auth-json' }>;

/** What somebody changes. A method that takes an id throws RelayError `not_found` where there is no such thing. */
export interface AccountControlPort {
  addApiKey(input: ApiKeyAccount): Awaitable<AccountView>;
  importAuthJson(input: AuthJsonAccount): Awaitable<AccountView>;
  edit(id: string, patch: AccountPatch): Awaitable<AccountView>;
  setEnabled(id: string, enabled: boolean): Awaitable<AccountView>;
  pause(id: string, end: AccountPause): Awaitable<AccountView>;
  resume(id: string): Awaitable<AccountView>;
  pin(id: string, forMs: number): Awaitable<AccountView>;
  unpin(id: string): Awaitable<AccountView>;
  restUntilReset(id: string): Awaitable<AccountView>;
  wake(id: string): Awaitable<AccountView>;
  /** These two answer all accounts in their new order. */
  order(ids: readonly string[]): Awaitable<AccountView[]>;
  move(id: string, place: AccountMove): Awaitable<AccountView[]>;
  remove(id: string): Awaitable<void>;
  /** Reads the account's model list at its upstream now. */
  refreshModels(id: string): Awaitable<AccountModels>;
  /** Sends one tiny real call. That it fails is an answer too. */
  test(id: string): Awaitable<AccountTest>;
}

export interface AccountsPort {
  views(): Awaitable<AccountView[]>;
  /** Reads a login's usage now, at most once in 30 s, and answers the account as it is then. */
  refreshUsage(id: string): Awaitable<AccountView>;
  /** What is changed through this is written down as done by `by`. */
  as(by: Actor): AccountControlPort;
  readonly audit: AuditPort;
  models(id: string): Awaitable<AccountModels>;
  /** Told when any account's view may have changed. */
  onChange(listener: () => void): Unsubscribe;
}

export interface AuditPort {
  list(query: AuditQuery & { readonly accountId?: string }): Awaitable<AuditList>;
}

/** Signing in with ChatGPT. A sign-in that is not known is `not_found`. */
export interface SignInsPort {
  list(): Awaitable<SignInView[]>;
  start(wanted: SignInStart, by: Actor): Promise<SignInView>;
  get(id: string): Awaitable<SignInView>;
  /** Finishes it with the address that the browser ended at. */
  paste(id: string, address: string): Awaitable<SignInView>;
  cancel(id: string): Awaitable<SignInView>;
  /** Logins of the Codex CLI on this machine. */
  found(): Awaitable<FoundLogin[]>;
  /** The text of the file of one of them. Rejects with `not_found`. */
  readFound(path: string): Promise<string>;
  onChange(listener: () => void): Unsubscribe;
}

export interface KeysPort {
  list(): Awaitable<KeyView[]>;
  create(input: z.output<typeof keyCreateSchema>): Awaitable<KeyCreated>;
  change(id: string, wanted: KeyPatch): Awaitable<KeyView>;
  /** The old secret works for `graceMs` more; a day where nothing is said. */
  rotate(id: string, graceMs?: number): Awaitable<KeyCreated>;
  /** `cut` ends its running calls too. */
  revoke(id: string, cut?: boolean): Awaitable<KeyView>;
}

/** Keys of the Relay that runs: only there they are in use. */
export interface KeyDeskPort extends KeysPort {
  use(): Awaitable<Record<string, KeyUseView>>;
}

export interface BudgetsPort {
  list(): Awaitable<BudgetView[]>;
  create(input: BudgetCreate): Awaitable<BudgetView>;
  change(id: string, change: BudgetChange): Awaitable<BudgetView>;
  remove(id: string): Awaitable<void>;
}

/** Programs that are pointed at Relay: their settings on this machine. A client that is not known is `not_found`. */
export interface ClientsPort {
  list(): Promise<ClientList>;
  /** Who has called lately, and what was mended for each. */
  seen(): Promise<SeenClientList>;
  plan(id: string): Promise<ClientPlan>;
  connect(id: string): Promise<ClientConnected>;
  undo(id: string): Promise<ClientUndone>;
  verify(id: string): Promise<ClientCheck>;
  recipe(id: string): Promise<ClientRecipe>;
}

/** Looks at everything that Relay needs. */
export interface DoctorPort {
  examine(): Promise<DoctorReport>;
}

/** The bridge for Ollama's clients; the settings turn it on. */
export interface OllamaPort {
  view(): Promise<OllamaView>;
}

/** A public address for one key. Opening rejects with `conflict`, `not_found` where no program could, `upstream_timeout`. */
export interface TunnelPort {
  view(): Awaitable<TunnelView>;
  start(wanted: TunnelStart, by: Actor): Promise<TunnelOpened>;
  stop(by: Actor): Promise<TunnelView>;
  onChange(listener: () => void): Unsubscribe;
}

/** Conversations' ties to accounts; ids are digests. */
export interface AffinitiesPort {
  list(query: AffinityQuery): {
    readonly ties: readonly (readonly [string, Omit<AffinityView, 'conversationId' | 'accountLabel'>])[];
    readonly nextCursor: string | null;
  };
  /** False where there is none. */
  release(conversationId: string): boolean;
  /** How many there were. */
  releaseAll(): number;
}

/** Sums of calls over any window, in the person's time zone where the query names none. */
export interface UsagePort {
  /** Throws `invalid_value` where that would be too many rows. */
  usageText(query: UsageQuery, form: UsageForm): Awaitable<string>;
  usageHours(query: UsageHoursQuery): Awaitable<UsageHours>;
}

/** Faults played on simulated accounts, one rehearsal at a time. */
export interface RehearsalPort {
  view(): Awaitable<RehearsalView>;
  start(): Awaitable<RehearsalView>;
}

export interface LedgerPort {
  calls(query: CallQuery): Awaitable<CallList>;
  values(query: CallValuesQuery): Awaitable<CallValues>;
  failures(query: FailureQuery): Awaitable<FailureList>;
  call(id: string): Awaitable<CallRecord | null>;
  /** As `packDecision` made them, parsed. */
  decisions(id: string): Awaitable<unknown[]>;
  bodies(id: string): Awaitable<CallBodies | null>;
  /** Of one call, or all; how many calls had any. */
  eraseBodies(id: string | null): Awaitable<number>;
  kept(): Awaitable<Kept>;
  /** Told of every call at admission and whenever its record changes. */
  onChange(listener: (call: CallRecord) => void): Unsubscribe;
}

/** Pausing Relay as a whole. */
export interface PausePort {
  view(): Awaitable<RelayPause | null>;
  pause(wish: PauseWish, by: Actor): Awaitable<RelayPause>;
  resume(by: Actor): Awaitable<void>;
}

/** What leaves the house, and what comes back in. */
export interface PortabilityPort {
  /** Where a backup may stand for as long as it is sent. */
  readonly folder: string;
  exportSettings(): Awaitable<Portable>;
  importSettings(file: unknown, options: { readonly dryRun: boolean; readonly by: Actor }): Awaitable<ImportPlan>;
  exportCall(id: string, withBodies: boolean): Awaitable<CallExport>;
  backUp(path: string): Awaitable<{ readonly bytes: number; readonly calls: number }>;
}

/** Where secrets are kept, and moving them. */
export interface SecretsPort {
  view(): Awaitable<SecretsView>;
  move(wanted: SecretsMove, by: Actor): Awaitable<SecretsMoved>;
}

/** What people ask about routing; no question sends a call. */
export interface RoutingPort {
  view(): Awaitable<RoutingView>;
  preview(question: RoutingPreview): Awaitable<DecisionView>;
  runReplay(question: RoutingReplay): Awaitable<ReplayReport>;
}

export type SettingsChange = Partial<Settings>;

export interface SettingsPort {
  all(): Awaitable<Settings>;
  /** Only the names given change; the answer is all settings as they are then. */
  patch(changes: SettingsChange): Awaitable<Settings>;
}

/** Runs once, later; the answer cancels it. */
type Schedule = (run: () => void, afterMs: number) => () => void;

interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface DashboardPorts {
  readonly accounts: AccountsPort;
  readonly signIns: SignInsPort;
  readonly keys: KeyDeskPort;
  readonly budgets: BudgetsPort;
  readonly clients: ClientsPort;
  readonly doctor: DoctorPort;
  readonly tunnel: TunnelPort;
  readonly ollama: OllamaPort;
  readonly affinities: AffinitiesPort;
  readonly ledger: LedgerPort;
  readonly usage: UsagePort;
  readonly routing: RoutingPort;
  readonly rehearsal: RehearsalPort;
  readonly settings: SettingsPort;
  readonly secrets: SecretsPort;
  readonly portability: PortabilityPort;
  readonly pause: PausePort;
  status(): Awaitable<StatusView>;
  readonly statusPages: StatusPagesPort;
  /** Opens /api for scripts. Sessions are signed with a key derived from it, so a new one ends them all. */
  readonly apiToken: string;
  /** Where the built app is. */
  readonly rendererDir: string;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Buffer;
  readonly schedule: Schedule;
  readonly log: Log;
}
