import { scoringOf } from '../../../src-main/routing/strategies.ts';
import type { AccountView } from '../../../src-shared/contract/account.ts';
import type { AccountModels, AccountTest } from '../../../src-shared/contract/account-models.ts';
import type { AuditList } from '../../../src-shared/contract/audit.ts';
import type { BudgetView } from '../../../src-shared/contract/budget.ts';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import type { DecisionView } from '../../../src-shared/contract/decision.ts';
import type { KeyUseView, KeyView } from '../../../src-shared/contract/key.ts';
import type { PublicStatus } from '../../../src-shared/contract/public-status.ts';
import type { RehearsalView } from '../../../src-shared/contract/rehearsal.ts';
import type { ReplayReport, RoutingView } from '../../../src-shared/contract/routing.ts';
import type { FoundLogin, SignInView } from '../../../src-shared/contract/sign-in.ts';
import type { StatusView } from '../../../src-shared/contract/status.ts';

export const startAt = Date.UTC(2026, 10, 24, 12);

export const account: AccountView = {
  id: 'acc_1',
  label: 'personal',
  kind: 'chatgpt',
  wire: 'responses',
  baseUrl: null,
  email: 'me@example.test',
  plan: 'plus',
  upstreamAccountId: 'ws_1',
  upstreamUserId: 'user_1',
  linkedFile: null,
  enabled: true,
  policy: 'normal',
  position: 1,
  maxConcurrency: null,
  color: null,
  pause: null,
  pinnedUntil: null,
  createdAt: startAt,
  health: { state: 'ready', reason: 'Ready.', until: null },
  restingFamilies: [],
  lackingModels: [],
  login: {
    expiresAt: startAt + 864_000_000,
    refreshedAt: startAt,
    nextRefreshAt: startAt + 863_700_000,
    skewMs: null,
    shared: false,
  },
  inFlight: 0,
  windows: [
    {
      family: 'codex',
      name: '5-hour',
      lengthMs: 18_000_000,
      usedPercent: 42,
      resetsAt: startAt + 3_600_000,
      readAt: startAt,
      source: 'headers',
      stale: false,
      staleReason: null,
      contradicts: null,
      forecast: {
        verdict: 'unknown',
        burnPercentPerHour: null,
        runsOutAt: null,
        unusedPercent: null,
        sentence: 'Not enough readings yet.',
      },
    },
  ],
  credits: null,
  usage: null,
  usageError: null,
  models: ['gpt-6.1-sol'],
};

export const accountModels: AccountModels = {
  models: [
    {
      slug: 'gpt-6.1-sol',
      name: 'GPT-6.1-Sol',
      listed: true,
      hidden: false,
      contextWindow: 272_000,
      maxContextWindow: 872_000,
      efforts: ['low', 'high'],
      serviceTiers: ['priority'],
      plans: null,
      refusedUntil: startAt + 3_600_000,
    },
  ],
  readAt: startAt,
};

export const accountTest: AccountTest = {
  ok: true,
  callId: 'call_2',
  model: 'gpt-6-luna',
  ttftMs: 210,
  durationMs: 320,
  error: null,
};

export const auditEntry: AuditList['entries'][number] = {
  id: 8,
  at: startAt,
  actor: 'cli',
  what: 'paused',
  accountId: 'acc_1',
  accountLabel: 'personal',
  detail: 'Paused until it is resumed.',
};

export const signIn: SignInView = {
  id: 'signin_1',
  method: 'browser',
  state: 'waiting',
  url: 'https://auth.openai.com/oauth/authorize?state=s',
  userCode: null,
  accountId: null,
  message: 'Open the address in a browser on this machine and sign in.',
  startedAt: startAt,
  expiresAt: startAt + 300_000,
};

export const foundLogin: FoundLogin = {
  path: '/home/ada/.codex/auth.json',
  kind: 'chatgpt',
  email: 'ada@example.com',
  plan: 'plus',
  upstreamAccountId: 'workspace',
  accountId: null,
  lastRefreshAt: startAt,
};

export const keyUse: KeyUseView = {
  inFlight: 1,
  waiting: 0,
  requests: { limit: 60, left: 45 },
  tokens: null,
};

export const key: KeyView = {
  id: 'key_1',
  name: 'laptop',
  prefix: 'rk_abcd',
  project: null,
  member: null,
  models: null,
  accounts: null,
  requestsPerMinute: null,
  tokensPerMinute: null,
  concurrency: null,
  maxOutputTokens: null,
  endpoints: null,
  effortCeiling: null,
  overflow: false,
  splice: null,
  capture: null,
  createdAt: startAt,
  expiresAt: null,
  revokedAt: null,
  previousUntil: null,
  lastUsedAt: null,
  lastClient: null,
};

export const call: CallRecord = {
  id: 'call_1',
  startedAt: startAt,
  endpoint: 'responses',
  stream: true,
  status: 'ok',
  httpStatus: 200,
  errorCode: null,
  reason: null,
  keyId: 'key_1',
  keyName: 'laptop',
  project: null,
  member: null,
  client: 'Codex CLI 0.169.0',
  userAgent: 'codex_cli_rs/0.169.0',
  modelAsked: 'gpt-6.1-sol',
  modelRan: 'gpt-6.1-sol',
  effort: 'high',
  serviceTier: null,
  accountId: 'acc_1',
  accountLabel: 'personal',
  conversationId: 'conv_1',
  responseId: 'resp_1',
  attempts: [
    {
      accountId: 'acc_1',
      accountLabel: 'personal',
      upstream: 'chatgpt',
      startedAt: startAt,
      outcome: 'served',
      httpStatus: 200,
      errorCode: null,
      reason: null,
      firstByteMs: 420,
      durationMs: 2_300,
    },
  ],
  dropped: ['temperature'],
  spliced: 0,
  overflow: false,
  heldMs: null,
  inputTokens: 1_200,
  cachedTokens: 1_000,
  cacheWriteTokens: null,
  outputTokens: 80,
  reasoningTokens: 20,
  usageEstimated: false,
  costMicroUsd: 1_500,
  spentMicroUsd: 0,
  requestBytes: 4_096,
  ttftMs: 420,
  durationMs: 2_300,
  overheadMs: 1.2,
};

export const status: StatusView = {
  version: '0.1.0',
  pid: 4711,
  startedAt: startAt,
  url: 'http://127.0.0.1:4141',
  dataDir: '/home/me/.relay',
  secrets: 'keychain',
  node: 'v24.0.0',
  desktop: false,
  demo: false,
  accounts: { total: 1, ready: 1 },
  ...{ pause: null, tunnel: null, callsInFlight: 0 },
  ledger: { state: 'ok', reason: null, dropped: 0, notices: [], kept: null },
};

export const publicStatus: PublicStatus = {
  version: '0.1.0',
  at: startAt + 60_000,
  startedAt: startAt,
  state: 'degraded',
  sentence: 'Accounts: 1 of 2 accounts can serve.',
  subsystems: [
    {
      id: 'pool',
      name: 'Accounts',
      state: 'degraded',
      sentence: '1 of 2 accounts can serve.',
      since: startAt,
      uptime: [
        { windowMs: 86_400_000, share: 1, measuredMs: 60_000 },
        { windowMs: 604_800_000, share: null, measuredMs: 0 },
      ],
      history: [null, 'ok', 'degraded'],
    },
  ],
  incidents: [
    {
      subsystem: 'upstream:<script>',
      name: '<script>alert(1)</script>',
      state: 'down',
      sentence: '3 of 3 requests failed & more.',
      beganAt: startAt - 3_600_000,
      endedAt: startAt,
    },
  ],
};

/** What people read of `packed`. */
export const decision: DecisionView = {
  at: startAt,
  strategy: 'fill-first',
  model: 'gpt-5.5',
  conversation: null,
  chosenId: 'acc_1',
  reason: 'personal is the only account that can serve.',
  candidates: [
    {
      accountId: 'acc_1',
      accountLabel: 'personal',
      score: 1,
      gate: null,
      parts: [
        { name: 'cache', value: 0, weight: 1.5, points: 0, why: 'does not hold this conversation' },
        { name: 'order', value: 1, weight: 1, points: 1, why: 'place 1 in your order' },
      ],
      lost: null,
    },
    {
      accountId: 'acc_2',
      accountLabel: 'work',
      score: null,
      gate: { code: 'disabled', reason: 'Switched off by you.', until: null },
      parts: [],
      lost: 'work could not serve: Switched off by you.',
    },
  ],
};

export const budget: BudgetView = {
  id: 'bud_1',
  scope: 'project',
  subject: 'site',
  unit: 'cost',
  period: 'day',
  limit: 5_000_000,
  marks: [0.5, 0.8],
  createdAt: startAt,
  used: 1_200_000,
  reserved: 0,
  unknownCalls: 0,
  periodBeganAt: startAt,
  resetsAt: startAt + 86_400_000,
  state: 'ok',
};

const { weights: strategyWeights } = scoringOf({ 'routing.strategy': 'balanced', 'routing.weights': {} });

export const routingView: RoutingView = {
  strategy: 'balanced',
  weights: { ...strategyWeights },
  stats: [],
  conversations: 7,
  breakers: [],
  offline: false,
  overflow: { spentMicroUsd: 250_000, ceilingMicroUsd: 5_000_000 },
};

export const replayReport: ReplayReport = {
  since: startAt - 86_400_000,
  until: startAt,
  strategy: 'balanced',
  weights: { ...strategyWeights },
  without: [{ accountId: 'acc_2', accountLabel: 'work' }],
  calls: 10,
  skipped: 1,
  truncated: false,
  reproduced: 0.9,
  changed: 4,
  unserved: 1,
  accounts: [
    { accountId: 'acc_1', accountLabel: 'personal', calls: { actual: 6, replayed: 9 } },
    { accountId: 'acc_2', accountLabel: 'work', calls: { actual: 4, replayed: 0 } },
  ],
  moves: { actual: 1, replayed: 2 },
  cachedTokens: { actual: 8_000, replayed: 6_000 },
  costMicroUsd: { actual: 15_000, replayed: 19_000 },
  spentMicroUsd: { actual: 0, replayed: 0 },
  examples: [
    {
      callId: 'call_1',
      at: startAt - 1_000,
      model: 'gpt-5.5',
      from: 'work',
      to: 'personal',
      why: 'work could not serve: Left out of this question by you.',
    },
  ],
  limits: ['A sentence about what cannot be known.'],
};

export const rehearsal: RehearsalView = {
  state: 'never',
  startedAt: null,
  endedAt: null,
  total: 0,
  reason: null,
  note: 'Your settings.',
  results: [],
};
