/** The names under which TanStack Query keeps what was read. */
export const queryKeys = {
  status: ['status'],
  wholeStatus: ['status', 'whole'],
  publicStatus: ['public-status'],
  accounts: ['accounts'],
  /** What is read about one account beside its view: under one name, so that a change renews all of it. */
  account: (id: string) => ['account', id],
  accountAudit: (id: string) => ['account', id, 'audit'],
  accountModels: (id: string) => ['account', id, 'models'],
  signIns: ['sign-ins'],
  foundLogins: ['found-logins'],
  keys: ['keys'],
  keyUse: ['key-use'],
  failures: (window: string, phase: string) => ['failures', window, phase],
  budgets: ['budgets'],
  /** All that is asked of usage, whatever for. */
  usage: (what: string, query: string) => ['usage', what, query],
  tunnel: ['tunnel'],
  ollama: ['ollama'],
  /** And all that is asked of it. */
  routing: ['routing'],
  affinities: ['affinities'],
  clients: ['clients'],
  seenClients: ['clients', 'seen'],
  rehearsal: ['rehearsal'],
  /** All settings with their tag. */
  settings: ['settings', 'tagged'],
  secrets: ['secrets'],
  keptBodies: ['kept-bodies'],
  allCalls: ['calls'],
  call: (id: string) => ['call', id],
  callBodies: (id: string) => ['call', id, 'bodies'],
  callValues: (field: string | null, text: string) => ['call-values', field, text],
} as const;
