/**
 * `calls_by_status` leaves out the calls that went well: they are nearly all calls, so the index by time finds them at once.
 * Secrets are nowhere in this schema: keys are digests, an account's login is in the secret store under the account's id.
 */
export const firstSchema = `
CREATE TABLE calls (
  id TEXT PRIMARY KEY NOT NULL,
  started_at INTEGER NOT NULL,
  endpoint TEXT NOT NULL,
  stream INTEGER NOT NULL,
  status TEXT NOT NULL,
  http_status INTEGER,
  error_code TEXT,
  reason TEXT,
  key_id TEXT NOT NULL,
  key_name TEXT NOT NULL,
  project TEXT,
  member TEXT,
  client TEXT,
  user_agent TEXT,
  model_asked TEXT NOT NULL,
  model_ran TEXT,
  effort TEXT,
  service_tier TEXT,
  account_id TEXT,
  account_label TEXT,
  conversation_id TEXT,
  response_id TEXT,
  attempts TEXT NOT NULL,
  dropped TEXT NOT NULL,
  input_tokens INTEGER,
  cached_tokens INTEGER,
  cache_write_tokens INTEGER,
  output_tokens INTEGER,
  reasoning_tokens INTEGER,
  cost_micro_usd INTEGER,
  spent_micro_usd INTEGER,
  request_bytes INTEGER NOT NULL,
  ttft_ms REAL,
  duration_ms REAL,
  overhead_ms REAL
);
CREATE INDEX calls_by_time ON calls (started_at, id);
CREATE INDEX calls_by_status ON calls (status, started_at, id) WHERE status <> 'ok';
CREATE INDEX calls_by_account ON calls (account_id, started_at, id);
CREATE INDEX calls_by_key ON calls (key_id, started_at, id);

CREATE TABLE keys (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  digest TEXT NOT NULL UNIQUE,
  previous_digest TEXT,
  previous_until INTEGER,
  project TEXT,
  member TEXT,
  models TEXT,
  accounts TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER,
  last_used_at INTEGER,
  last_client TEXT
);

CREATE TABLE accounts (
  id TEXT PRIMARY KEY NOT NULL,
  label TEXT NOT NULL,
  kind TEXT NOT NULL,
  wire TEXT NOT NULL,
  base_url TEXT,
  email TEXT,
  plan TEXT,
  upstream_account_id TEXT,
  upstream_user_id TEXT,
  linked_file TEXT,
  enabled INTEGER NOT NULL,
  models TEXT NOT NULL,
  created_at INTEGER NOT NULL
);

CREATE TABLE settings (
  name TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
);

CREATE TABLE windows (
  account_id TEXT NOT NULL,
  family TEXT NOT NULL,
  length_ms INTEGER NOT NULL,
  used_percent REAL NOT NULL,
  resets_at INTEGER,
  read_at INTEGER NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (account_id, family, length_ms)
);

CREATE TABLE rests (
  account_id TEXT NOT NULL,
  family TEXT NOT NULL,
  until INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (account_id, family)
);
`;
