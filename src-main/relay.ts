import { randomBytes, randomUUID } from 'node:crypto';
import { readFile, statfs } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Settings } from '../src-shared/contract/settings.ts';
import type { StatusView } from '../src-shared/contract/status.ts';
import { canServe } from '../src-shared/domain/account-health.ts';
import { type Clock, systemClock } from '../src-shared/domain/clock.ts';
import { RelayError } from '../src-shared/domain/relay-error.ts';
import type { Timers } from '../src-shared/domain/timers.ts';
import { secretName } from './accounts/account-secret.ts';
import { type Accounts, createAccounts } from './accounts/accounts.ts';
import { createIssuer } from './accounts/issuer.ts';
import { createPoolView } from './accounts/pool-view.ts';
import type { Environment } from './config/environment.ts';
import { acquireLock, type Lock } from './config/lock.ts';
import { relayVersion, rendererDir } from './config/package-info.ts';
import { createSettings, type SettingsStore } from './config/settings-store.ts';
import { createAccountDesk } from './dashboard/account-desk.ts';
import { createDashboard } from './dashboard/dashboard.ts';
import { API_TOKEN, keptToken } from './dashboard/kept-token.ts';
import type { AccountsPort } from './dashboard/ports.ts';
import { createAccountTest } from './gateway/account-test.ts';
import { createActiveCalls } from './gateway/active-calls.ts';
import { createCallCosts } from './gateway/call-costs.ts';
import { createCallers } from './gateway/callers.ts';
import { createGateway } from './gateway/gateway.ts';
import { createHttpServer } from './gateway/http-server.ts';
import { createModelCatalogue } from './gateway/model-catalogue.ts';
import type { GatewayPorts } from './gateway/ports.ts';
import { createSocketEndpoint } from './gateway/socket-endpoint.ts';
import { createKeys, type Keys } from './keys/keys.ts';
import { type Ledger, openLedger } from './ledger/ledger.ts';
import type { Log } from './log/log.ts';
import { createAffinity } from './routing/affinity.ts';
import { createCachePrice } from './routing/cache-price.ts';
import { createChooser } from './routing/chooser.ts';
import { createModelRefresh } from './routing/model-refresh.ts';
import { createRouter } from './routing/router.ts';
import { createStats } from './routing/stats.ts';
import { createMovableStore } from './secrets/movable-store.ts';
import { loadKeytar, openSecretStore } from './secrets/open-secret-store.ts';
import { createSecretMover, type SecretMover } from './secrets/secret-mover.ts';
import type { SecretStore } from './secrets/secret-store.ts';
import { createStatus } from './status/status.ts';
import { createChatgptUpstream } from './upstreams/chatgpt/chatgpt-upstream.ts';
import { createExchanges } from './upstreams/exchange.ts';
import { createOpenAiUpstream } from './upstreams/openai/openai-upstream.ts';
import { passThrough } from './upstreams/openai/passthrough.ts';
import type { UpstreamAccount } from './upstreams/upstream.ts';

export interface RelayOptions {
  readonly dataDir: string;
  readonly environment: Environment;
  /** Settings of this run only; they win over the stored ones. */
  readonly settings?: Partial<Settings>;
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly bind?: string;
  readonly clock?: Clock;
  readonly timers?: Timers;
  readonly log: Log;
  readonly demo?: boolean;
  readonly desktop?: boolean;
  readonly passphrase?: () => Promise<string | null>;
}

export interface Relay {
  readonly accounts: Accounts;
  /** Accounts as the dashboard's API has them: with model lists and tests, which ask an upstream. */
  readonly desk: AccountsPort;
  readonly keys: Keys;
  readonly ledger: Ledger;
  readonly settings: SettingsStore;
  readonly secrets: SecretStore;
  readonly secretMover: SecretMover;
  status(): StatusView;
  /** Measures for the status page now. */
  measure(): Promise<void>;
  /** Reads an account's model list now; never rejects. */
  refreshModels(accountId: string): Promise<void>;
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

/** The Codex version whose protocol Relay speaks: model lists differ by it (PROTOCOL 6.3). */
const CODEX_VERSION = '0.169.0';

/** Wires all rooms together; the only place that knows them all. Opens the data folder and holds its lock until `stop`. */
export async function createRelay(options: RelayOptions): Promise<Relay> {
  const { dataDir, log, clock = systemClock } = options;
  const startedAt = clock.now();
  const lock = await acquireLock(dataDir, startedAt);
  let ledger: Ledger | null = null;
  try {
    ledger = await openLedger({ dataDir, clock, onNotice: (sentence) => log.warn({}, sentence) });
    return await assemble(options, { clock, startedAt, lock, ledger });
  } catch (error) {
    await ledger?.close();
    lock.release();
    throw error;
  }
}

interface Opened {
  readonly clock: Clock;
  readonly startedAt: number;
  readonly lock: Lock;
  readonly ledger: Ledger;
}

async function assemble(options: RelayOptions, { clock, startedAt, lock, ledger }: Opened): Promise<Relay> {
  const { dataDir, environment, log, timers = unheldTimers } = options;
  const { database } = ledger;
  const settings = await createSettings({ database, overrides: options.settings ?? {} });
  const passphrase = options.passphrase ?? (async () => environment.passphrase);
  const openStore = (choice: SecretStore['kind'] | null, given: () => Promise<string | null>) =>
    openSecretStore({ dataDir, choice: choice ?? undefined, passphrase: given, loadKeytar, randomBytes, clock });
  const secrets = createMovableStore(await openStore(environment.secrets ?? settings.get('secrets.store'), passphrase));
  const issuer = createIssuer({ url: environment.authIssuer, version: relayVersion, clock, timers });
  const accounts = await createAccounts({
    database,
    secrets,
    clock,
    timers,
    random: Math.random,
    issuer,
    randomBytes,
    readFile: (path) => readFile(path, 'utf8'),
    storageFailed: (error) => log.error({ err: error }, 'What was learned of an account could not be written down'),
  });
  const secretMover = createSecretMover({
    store: secrets,
    open: (kind, given) => openStore(kind, async () => given ?? environment.passphrase),
    names: () => [
      { name: API_TOKEN, what: 'the API token', optional: true },
      ...[...accounts.list(), ...accounts.leaving()].map(({ id, label }) => ({ name: secretName(id), what: label })),
    ],
    remember: async (kind) => void (await settings.patch({ 'secrets.store': kind })),
    fixed: environment.secrets,
    hasPassphrase: environment.passphrase !== null,
  });
  const keys = await createKeys({ database, clock, randomBytes });

  const exchanges = createExchanges(() => settings.get('timeouts.connectMs'));
  const chatgpt = createChatgptUpstream({
    exchanges,
    baseUrl: environment.chatgptBaseUrl,
    version: relayVersion,
    clientVersion: CODEX_VERSION,
  });
  const openai = createOpenAiUpstream({
    exchanges,
    baseUrl: environment.openaiBaseUrl,
    version: relayVersion,
    maxEventBytes: () => settings.get('limits.eventBytes'),
  });
  const upstreamOf = (account: UpstreamAccount) => (account.kind === 'chatgpt' ? chatgpt : openai);
  const models = createModelRefresh({
    accounts: accounts.list,
    credential: accounts.credential,
    upstreamOf,
    learn(accountId, list) {
      accounts.setModels(accountId, list);
      statusRoom.probed(accountId, true);
    },
    failed(account, error) {
      statusRoom.probed(account.id, false);
      log.warn({ account: account.label, err: error }, 'A model list could not be read');
    },
    random: Math.random,
  });

  const affinity = createAffinity(clock);
  const stats = createStats(clock);
  const chooser = createChooser({
    accounts,
    stats,
    settings: settings.all,
    uncachedNanoUsd: createCachePrice(settings),
    random: Math.random,
    clock,
  });
  const active = createActiveCalls();
  const gatewayPorts: GatewayPorts = {
    callers: createCallers(keys, accounts),
    router: createRouter({
      accounts,
      upstreamOf,
      affinity,
      settings: settings.all,
      chooser,
      stats,
      clock,
    }),
    affinity,
    calls: { log: ledger, clock, costOf: createCallCosts(accounts.get, settings) },
    active,
    models: createModelCatalogue(accounts.list, accounts.modelLists),
    pool: createPoolView(accounts.list, clock),
    passthrough: {
      account: (identity) =>
        accounts
          .list()
          .find(
            ({ id, label, kind, enabled, needsSignIn }) =>
              kind === 'openai' &&
              enabled &&
              needsSignIn === null &&
              (identity.accounts === null || identity.accounts.includes(id) || identity.accounts.includes(label)),
          ) ?? null,
      async send(accountId, request, observer) {
        const account = accounts.get(accountId);
        if (account === null) throw new RelayError('no_available_accounts');
        const credential = await accounts.credential(accountId);
        return passThrough(exchanges, environment.openaiBaseUrl, account, credential, request, observer);
      },
    },
    settings: settings.all,
    clock,
    newId: () => `call_${randomUUID().replaceAll('-', '')}`,
    version: relayVersion,
    log,
  };

  let url = '';
  const status = (): StatusView => ({
    version: relayVersion,
    startedAt,
    url,
    dataDir,
    secrets: secrets.describe(),
    node: process.version,
    desktop: options.desktop ?? false,
    demo: options.demo ?? false,
    accounts: {
      total: accounts.list().length,
      ready: accounts.views().filter((view) => canServe(view.health.state)).length,
    },
    callsInFlight: active.size,
    ledger: ledger.state(),
  });

  const pauses = monitorEventLoopDelay({ resolution: 20 });
  const statusRoom = await createStatus({
    database,
    clock,
    version: relayVersion,
    startedAt,
    accounts: accounts.views,
    hostOf(accountId) {
      const account = accounts.get(accountId);
      return account === null ? null : new URL(baseUrlOf(account, environment)).host;
    },
    onCall: ledger.onChange,
    callsInFlight: () => active.size,
    gateway: {
      ask: async () => void (await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(5_000) })),
      longestPauseMs() {
        const longest = pauses.max / 1_000_000;
        pauses.reset();
        return longest;
      },
      isDraining: () => active.draining,
    },
    storage: {
      ledger: ledger.state,
      read: () => database.all('SELECT 1'),
      async freeBytes() {
        const disk = await statfs(dataDir);
        return disk.bavail * disk.bsize;
      },
    },
    secrets: { kind: () => secrets.kind, read: () => secrets.get(API_TOKEN) },
    schedule,
    storageFailed: (error) => log.warn({ err: error }, 'What was measured for the status page could not be kept'),
  });
  const apiToken = await keptToken(secrets, randomBytes);
  const testAccount = createAccountTest({
    accounts,
    known: accounts.known,
    upstreamOf,
    async models(id) {
      if (accounts.known(id).models === null) await models.read(id);
      return accounts.models(id);
    },
    answered: accounts.answered,
    calls: gatewayPorts.calls,
    clock,
    settings: settings.all,
    newId: gatewayPorts.newId,
    version: relayVersion,
  });
  const desk = createAccountDesk({ accounts, readModels: models.read, test: testAccount });
  const dashboard = createDashboard({
    accounts: desk,
    keys,
    ledger,
    settings,
    secrets: secretMover,
    status,
    statusPages: statusRoom,
    apiToken,
    rendererDir,
    clock,
    randomBytes,
    schedule,
    log,
  });
  const server = createHttpServer({
    gateway: createGateway(gatewayPorts),
    sockets: (port) => createSocketEndpoint(gatewayPorts, port),
    isDraining: () => active.draining,
    dashboard: dashboard.router,
    settings: settings.all,
    newId: gatewayPorts.newId,
    now: clock.now,
    log,
  });

  const close = async (): Promise<void> => {
    models.stop();
    statusRoom.stop();
    pauses.disable();
    dashboard.close();
    // What the sign-in service answers now is stored before anything else ends (FAULTS A-16).
    await accounts.keepAlive.stop();
    await issuer.close();
    await exchanges.close();
    accounts.close();
    await accounts.settled();
    await keys.flush();
    await ledger.close();
    lock.release();
  };

  return {
    accounts,
    desk,
    keys,
    ledger,
    settings,
    secrets,
    secretMover,
    status,
    measure: statusRoom.measure,
    refreshModels: models.now,
    async start() {
      const bind = options.bind ?? '127.0.0.1';
      const port = await server.listen(options.port, bind);
      url = `http://${bind.includes(':') ? `[${bind}]` : bind}:${port}`;
      lock.publish({ url, apiToken });
      models.start();
      pauses.enable();
      statusRoom.start();
      accounts.keepAlive.start();
      return { url, dashboardUrl: `${url}/#/enter/${dashboard.mintOneTimeToken()}`, apiToken };
    },
    async stop() {
      // New calls are refused in words while the running ones finish (P-03); only then is the port given up.
      await active.drain(settings.get('process.drainMs'));
      if (url !== '') await server.close();
      await close();
    },
  };
}

/** Runs once, later, and keeps no process alive; the answer cancels it. */
function schedule(run: () => void, afterMs: number): () => void {
  const timer = setTimeout(run, afterMs).unref();
  return () => clearTimeout(timer);
}

const unheldTimers: Timers = { set: (delayMs, run) => schedule(run, delayMs) };

const baseUrlOf = (account: UpstreamAccount, environment: Environment): string =>
  account.baseUrl ?? (account.kind === 'chatgpt' ? environment.chatgptBaseUrl : environment.openaiBaseUrl);
