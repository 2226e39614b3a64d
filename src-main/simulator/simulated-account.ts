import type { Clock } from '../../src-shared/domain/clock.ts';
import type { ScriptEntry } from './fault.ts';
import { createFaultScript, type FaultScript } from './fault-script.ts';
import { type IdSource, uuidOf } from './id-source.ts';
import { codexClientId, createLoginTokens, type LoginTokens } from './login-tokens.ts';
import { modelsOfPlan } from './model-table.ts';
import { createQuotaWindow, type SimulatedWindow, type WindowSpec } from './quota-window.ts';

const hourMs = 3_600_000;

export interface SimulatedAccountSpec {
  readonly name: string;
  readonly kind: 'chatgpt' | 'openai';
  readonly email?: string;
  /** `plus` when not given. */
  readonly plan?: string;
  readonly accountId?: string;
  readonly userId?: string;
  /** Slugs; the plan's list when not given. */
  readonly models?: readonly string[];
  /** Null: this plan has no such window, as some have none of five hours. */
  readonly fiveHour?: WindowSpec | null;
  readonly weekly?: WindowSpec | null;
  /** Limits of single models besides the plan's own (PROTOCOL 3.5). */
  readonly extras?: readonly ExtraLimitSpec[];
  readonly credits?: SimulatedCredits;
  readonly latency?: Latency;
  /** What `response.completed` carries; the ChatGPT backend sends it empty (PROTOCOL 10). */
  readonly completedOutput?: 'empty' | 'full';
  /** `workspace_backend_origin` of accounts/check (PROTOCOL 6.2). */
  readonly backendOrigin?: string;
  readonly resetCredits?: number;
}

export interface ExtraLimitSpec extends WindowSpec {
  /** As JSON spells it, such as `codex_bengalfox`. */
  readonly limitId: string;
  readonly limitName: string;
  readonly model: string;
  readonly lengthMs: number;
}

export interface ExtraLimit extends Pick<ExtraLimitSpec, 'limitId' | 'limitName' | 'model'> {
  readonly window: SimulatedWindow;
}

export interface SimulatedCredits {
  readonly has: boolean;
  readonly unlimited: boolean;
  readonly balance: string | null;
}

export interface Latency {
  /** Before the answer's headers. */
  readonly firstMs?: number;
  /** Before each event. */
  readonly perEventMs?: number;
}

export interface SimulatedAccount {
  readonly name: string;
  readonly kind: 'chatgpt' | 'openai';
  readonly email: string;
  readonly accountId: string;
  readonly userId: string;
  /** The key of an `openai` account. */
  readonly apiKey: string;
  readonly tokens: LoginTokens;
  readonly faults: FaultScript;
  /** A plan can lose one of them. */
  readonly windows: { fiveHour: SimulatedWindow | null; weekly: SimulatedWindow | null };
  extras: readonly ExtraLimit[];
  credits: SimulatedCredits;
  plan: string;
  models: readonly string[];
  latency: Latency | null;
  completedOutput: 'empty' | 'full';
  backendOrigin: string;
  resetCredits: number;
  /** A Codex `auth.json` with the newest pair of tokens. */
  authJson(): string;
  accessToken(): string;
  /** Queues faults; each entry meets one matching model request. */
  script(...entries: readonly ScriptEntry[]): void;
  /** Plays this whenever the queue has nothing; null ends it. */
  always(entry: ScriptEntry): void;
  /** Another program refreshes the same login: the pair in `authJson()` is new, the one before is spent. */
  refreshElsewhere(): void;
  /** Every token of this account stops working. */
  revokeLogin(): void;
  expireAccessToken(): void;
}

interface AccountPorts {
  readonly clock: Clock;
  readonly nextId: IdSource;
  readonly issuer: () => string;
  readonly accessTokenTtlMs: number;
  readonly reuseGraceMs: number;
}

export function createSimulatedAccount(spec: SimulatedAccountSpec, ports: AccountPorts): SimulatedAccount {
  const { clock } = ports;
  const plan = spec.plan ?? 'plus';
  const window = (lengthMs: number, given: WindowSpec | null | undefined): SimulatedWindow | null =>
    given === null || spec.kind === 'openai' ? null : createQuotaWindow(lengthMs, given ?? {}, clock);
  const tokens = createLoginTokens(
    () => ({ email: account.email, accountId: account.accountId, userId: account.userId, plan: account.plan }),
    ports,
  );

  const account: SimulatedAccount = {
    name: spec.name,
    kind: spec.kind,
    email: spec.email ?? `${spec.name}@example.test`,
    accountId: spec.accountId ?? uuidOf(`account:${spec.name}`),
    userId: spec.userId ?? `user-${spec.name}`,
    apiKey: `sk-sim-${uuidOf(`key:${spec.name}`).replaceAll('-', '')}`,
    tokens,
    faults: createFaultScript(),
    windows: { fiveHour: window(5 * hourMs, spec.fiveHour), weekly: window(7 * 24 * hourMs, spec.weekly) },
    extras: (spec.extras ?? []).map(({ limitId, limitName, model, lengthMs, ...given }) => ({
      ...{ limitId, limitName, model },
      window: createQuotaWindow(lengthMs, given, clock),
    })),
    credits: spec.credits ?? { has: false, unlimited: false, balance: null },
    plan,
    models: spec.models ?? modelsOfPlan(spec.kind === 'openai' ? 'api' : plan),
    latency: spec.latency ?? null,
    completedOutput: spec.completedOutput ?? (spec.kind === 'openai' ? 'full' : 'empty'),
    backendOrigin: spec.backendOrigin ?? 'https://chatgpt.com',
    resetCredits: spec.resetCredits ?? 0,
    authJson() {
      const pair = tokens.current;
      return JSON.stringify({
        auth_mode: 'chatgpt',
        OPENAI_API_KEY: null,
        tokens: {
          id_token: pair.idToken,
          access_token: pair.accessToken,
          refresh_token: pair.refreshToken,
          account_id: account.accountId,
          oauth_provenance: { issuer: ports.issuer(), client_id: codexClientId },
        },
        last_refresh: new Date(clock.now()).toISOString(),
      });
    },
    accessToken: () => tokens.current.accessToken,
    script: (...entries) => account.faults.add(entries),
    always: (entry) => account.faults.always(entry),
    refreshElsewhere() {
      tokens.refresh(tokens.current.refreshToken);
    },
    revokeLogin: () => tokens.revokeAll(),
    expireAccessToken: () => tokens.expireAccessTokens(),
  };
  return account;
}
