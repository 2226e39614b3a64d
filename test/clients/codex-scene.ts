import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import { type RunningRelay, type RunningRelayOptions, startRelay } from '../support/running-relay.ts';
import { type CodexCli, type CodexRun, createCodex } from './codex-cli.ts';

export interface ProviderSetup {
  readonly model: string;
  /** "OpenAI" makes the CLI compact remotely; any other name locally (PROTOCOL 6.5). */
  readonly name?: string;
  readonly webSockets?: boolean;
  readonly secret?: 'env-key' | 'inline-bearer';
  /** More lines for the top of config.toml. */
  readonly settings?: string;
}

/** Relay in front of two simulated logins, stopped when the test is over. */
export async function relayOf(options: RunningRelayOptions = {}): Promise<RunningRelay> {
  const relay = await startRelay({
    accounts: [
      { name: 'a', kind: 'chatgpt' },
      { name: 'b', kind: 'chatgpt' },
    ],
    ...options,
  });
  onTestFinished(() => relay.stop());
  return relay;
}

/** A Codex CLI with Relay as a provider of its own (PROTOCOL 7.1). */
export async function codexAt(relay: RunningRelay, setup: ProviderSetup): Promise<CodexCli> {
  const secret =
    setup.secret === 'inline-bearer' ? `experimental_bearer_token = "${relay.key}"` : 'env_key = "RELAY_KEY"';
  const codex = await createCodex({
    config: `
model = "${setup.model}"
model_provider = "relay"
${setup.settings ?? ''}
[model_providers.relay]
name = "${setup.name ?? 'Relay'}"
base_url = "${relay.url}/v1"
wire_api = "responses"
supports_websockets = ${setup.webSockets ?? false}
${secret}
`,
    env: setup.secret === 'inline-bearer' ? {} : { RELAY_KEY: relay.key },
  });
  onTestFinished(() => codex.close());
  return codex;
}

/** A Codex CLI that is signed in with account `a`, whose login Relay has linked (PROTOCOL 7.2). */
export async function signedInCodex(relay: RunningRelay, config: string): Promise<CodexCli> {
  const content = relay.simulator.account('a').authJson();
  const codex = await createCodex({ config, authJson: content });
  onTestFinished(() => codex.close());
  await relay.relay.accounts.importAuthJson({
    content,
    path: `${codex.home}/auth.json`,
    label: 'a',
    acceptShared: true,
  });
  return codex;
}

/** What must hold for each call that the ledger has. */
export const served = ({ endpoint, status, client, accountLabel, attempts }: CallRecord) => ({
  endpoint,
  status,
  client,
  accountLabel,
  attempts: attempts.map(({ accountLabel: label, outcome }) => `${label} ${outcome}`),
});

/** The served calls' tokens together, as the CLI counts them in `turn.completed`. */
export function tokensOf(calls: readonly CallRecord[]) {
  const sum = (count: (call: CallRecord) => number | null): number =>
    calls.reduce((total, call) => total + (count(call) ?? Number.NaN), 0);
  return {
    input_tokens: sum((call) => call.inputTokens),
    cached_input_tokens: sum((call) => call.cachedTokens),
    cache_write_input_tokens: sum((call) => call.cacheWriteTokens),
    output_tokens: sum((call) => call.outputTokens),
    reasoning_output_tokens: sum((call) => call.reasoningTokens),
  };
}

export const usageOf = (run: CodexRun) => run.events.find(({ type }) => type === 'turn.completed')?.usage;

/** The model requests that came to the upstream, in order: which account, and with which status. */
export const upstreamRequests = (relay: RunningRelay): string[] =>
  relay.simulator.modelRequests().map(({ account, status }) => `${account} ${status}`);

export const conversationsOf = (calls: readonly CallRecord[]): number =>
  new Set(calls.map(({ conversationId }) => conversationId)).size;

/** What comes to Relay itself from now on, as `METHOD path`, with the encoding of a body that has one. */
export function arrivalsAt(relay: RunningRelay): readonly string[] {
  const arrivals: string[] = [];
  const port = Number(new URL(relay.url).port);
  const note = (message: unknown): void => {
    if (typeof message !== 'object' || message === null || !('request' in message)) return;
    const { request } = message;
    if (!(request instanceof IncomingMessage) || request.socket.localPort !== port) return;
    const { pathname } = new URL(request.url ?? '/', relay.url);
    arrivals.push([request.method, pathname, request.headers['content-encoding'] ?? ''].join(' ').trim());
  };
  subscribe('http.server.request.start', note);
  onTestFinished(() => void unsubscribe('http.server.request.start', note));
  return arrivals;
}
