import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { UsageQuery } from '../src-shared/contract/usage.ts';
import { type Clock, systemClock } from '../src-shared/domain/clock.ts';
import { personZone } from '../src-shared/format/person-zone.ts';
import { secretName } from './accounts/account-secret.ts';
import { createAccounts } from './accounts/accounts.ts';
import { secretsMoved } from './accounts/change-words.ts';
import { type AccountSignals, nothingKnown } from './accounts/health.ts';
import { createIssuer } from './accounts/issuer.ts';
import { createPoolView } from './accounts/pool-view.ts';
import { createQuotaPolling } from './accounts/quota-polling.ts';
import { createSignIns } from './accounts/sign-in/sign-ins.ts';
import { codexHomes } from './config/codex-homes.ts';
import { acquireLock, type Lock } from './config/lock.ts';
import { openFileLimit, socketRoom } from './config/open-files.ts';
import { relayVersion, rendererDir } from './config/package-info.ts';
import { createSettings } from './config/settings-store.ts';
import { timeZoneOf } from './config/time-zone.ts';
import { unheldTimers } from './config/unheld-timers.ts';
import { createAccountDesk } from './dashboard/account-desk.ts';
import { createDashboard } from './dashboard/dashboard.ts';
import { API_TOKEN, keptToken } from './dashboard/kept-token.ts';
import { createPortability } from './dashboard/portability.ts';
import { createAccountTest } from './gateway/account-test.ts';
import { createActiveCalls } from './gateway/active-calls.ts';
import { createBodyRoom } from './gateway/body-room.ts';
import { createCaptures } from './gateway/call-capture.ts';
import { createCallCosts } from './gateway/call-costs.ts';
import { createCallEstimates } from './gateway/call-estimate.ts';
import { createCallers } from './gateway/callers.ts';
import { createGateway } from './gateway/gateway.ts';
import { createHttpServer } from './gateway/http-server.ts';
import { createKeptResponses } from './gateway/kept-responses.ts';
import { createKeyDesk } from './gateway/key-desk.ts';
import { createModelCatalogue } from './gateway/model-catalogue.ts';
import { createPassthrough } from './gateway/passthrough-port.ts';
import { createPauseSwitch } from './gateway/pause-switch.ts';
import type { GatewayPorts } from './gateway/ports.ts';
import { createSocketEndpoint } from './gateway/socket-endpoint.ts';
import { createKeyRoom } from './keys/key-room.ts';
import { createWrongKeys } from './keys/wrong-keys.ts';
import { journalFolder } from './ledger/journal-files.ts';
import { type Ledger, openLedger } from './ledger/ledger.ts';
import { retentionOf } from './ledger/retention.ts';
import { silentLog } from './log/silent-log.ts';
import { createRehearsal } from './rehearsal/rehearsal.ts';
import { createStageOpener } from './rehearsal/stage.ts';
import { createRelayBridges } from './relay-bridges.ts';
import { createRelayClients } from './relay-clients.ts';
import type { RelayOptions } from './relay-options.ts';
import { createRelayStatus } from './relay-status.ts';
import type { Relay } from './relay-surface.ts';
import { createModelRefresh } from './routing/model-refresh.ts';
import { openRouting } from './routing/routing.ts';
import { openSecretRoom } from './secrets/secret-room.ts';
import { createStatusView } from './status-view.ts';
import { createExchanges } from './upstreams/exchange.ts';
import { createKeyCheck } from './upstreams/openai/key-check.ts';
import { createUpstreams } from './upstreams/upstreams.ts';

export type { Relay, RelayAddress } from './relay-surface.ts';

/** Wires all rooms together; the only place that knows them all. Opens the data folder and holds its lock until `stop`. */
export async function createRelay(options: RelayOptions): Promise<Relay> {
  const { dataDir, log, clock = systemClock } = options;
  const startedAt = clock.now();
  const lock = await acquireLock(dataDir, startedAt);
  let ledger: Ledger | null = null;
  try {
    ledger = await openLedger({
      dataDir,
      clock,
      recover: options.recover ?? false,
      onNotice: (sentence) => log.warn({}, sentence),
    });
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
  const timeZone = timeZoneOf(settings);
  ledger.keep(retentionOf(settings.all()), timeZone());
  settings.onChange((all) => ledger.keep(retentionOf(all), timeZone()));
  personZone.read = () => settings.get('time.zone') || undefined;
  const secretRoom = await openSecretRoom({
    ...{ dataDir, environment, settings, deriveSealKey: options.deriveSealKey },
    passphrase: options.passphrase ?? (async () => environment.passphrase),
    randomBytes,
    clock,
  });
  const secrets = secretRoom.store;
  const exchanges = createExchanges(() => settings.get('timeouts.connectMs'));
  const issuer = createIssuer({ url: environment.authIssuer, version: relayVersion, clock, timers });
  const storageFailed = (error: unknown): void =>
    log.error({ err: error }, 'What was learned of an account could not be written down');
  let signalsOf: (accountId: string) => AccountSignals = () => nothingKnown;
  const accounts = await createAccounts({
    database,
    secrets,
    clock,
    timers,
    random: Math.random,
    issuer,
    randomBytes,
    readFile: (path) => readFile(path, 'utf8'),
    checks: { apiKey: createKeyCheck({ exchanges, baseUrl: environment.openaiBaseUrl, version: relayVersion }) },
    signals: (accountId) => signalsOf(accountId),
    storageFailed,
    needsPerson: (account, reason) => log.warn({ account: account.label }, reason),
  });
  const secretMover = secretRoom.mover({
    names: () => [
      { name: API_TOKEN, what: 'the API token', optional: true },
      ...[...accounts.list(), ...accounts.leaving()].map(({ id, label }) => ({ name: secretName(id), what: label })),
    ],
    moved: (moved, by) => accounts.audit.record(secretsMoved(moved, by)),
  });

  const room = socketRoom(openFileLimit());
  const { keys, budgets, gate, use } = await createKeyRoom({
    database,
    clock,
    timers,
    randomBytes,
    settings,
    timeZone,
    room,
    written: ledger.flush,
    onMark: (budget, mark) => log.warn({ budget: budget.id, mark }, 'A budget has reached one of its marks'),
  });
  const costOf = createCallCosts(accounts.get, settings);
  const estimates = createCallEstimates({
    costOf,
    isMetered: () => accounts.list().some(({ kind, enabled }) => kind === 'openai' && enabled),
  });
  ledger.onChange(estimates.learn);

  const upstreams = createUpstreams({
    exchanges,
    environment,
    version: relayVersion,
    maxEventBytes: () => settings.get('limits.eventBytes'),
  });
  const models = createModelRefresh({
    accounts: accounts.list,
    credential: accounts.credential,
    upstreamOf: upstreams.of,
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

  const signIns = createSignIns({
    ...{ issuer, accounts, clock, timers, randomBytes, callbackPorts: options.callbackPorts },
    signedIn: (id) => void models.now(id),
    codexHomes: () => codexHomes(settings.get('accounts.codexHomes')),
    failed: (error) => log.error({ err: error }, 'A sign-in could not be finished'),
  });

  const pause = createPauseSwitch({ settings, audit: accounts.audit, clock });
  const active = createActiveCalls();
  const quota = createQuotaPolling({
    accounts,
    fetchUsage: upstreams.chatgpt.usage,
    paused: () => active.draining() || pause.view() !== null,
    failed: (account, error) =>
      log.warn({ account: account.label, err: error }, 'The usage of a login could not be read'),
    clock,
    timers,
    random: Math.random,
  });

  const catalogue = createModelCatalogue(accounts.list, accounts.modelLists);
  const routing = await openRouting({
    accounts,
    keys,
    settings,
    database,
    upstreamOf: upstreams.of,
    isKnownModel: catalogue.isKnown,
    newestCall: async () => (await ledger.calls({ limit: 1 })).calls[0],
    random: Math.random,
    timers,
    clock,
    notice: (sentence) => log.warn({}, sentence),
    signalsChanged: accounts.signalsChanged,
    storageFailed,
  });
  signalsOf = routing.signals;
  ledger.onChange(routing.noted);
  const kept = createKeptResponses({ database, clock, timers, settings, storageFailed });
  const gatewayPorts: GatewayPorts = {
    callers: createCallers(
      keys,
      accounts,
      createWrongKeys({ clock, log }, 'requests to /v1 with a key that is not valid'),
    ),
    router: routing.router,
    affinity: routing.affinity,
    origins: routing.origins,
    kept,
    calls: { log: ledger, clock, costOf },
    captures: createCaptures({ keep: ledger.keepBodies, settings: settings.all, clock }),
    gate,
    estimates,
    active,
    bodies: createBodyRoom(() => settings.get('limits.bodyBytes')),
    pause,
    models: catalogue,
    pool: createPoolView(accounts.list, clock),
    passthrough: createPassthrough({ accounts, exchanges, baseUrl: environment.openaiBaseUrl, clock }),
    settings: settings.all,
    clock,
    newId: () => `call_${randomUUID().replaceAll('-', '')}`,
    version: relayVersion,
    log,
  };

  let url = '';
  const gateway = createGateway(gatewayPorts);
  const bridges = createRelayBridges({
    options,
    gateway,
    ports: gatewayPorts,
    keys,
    settings,
    audit: accounts.audit,
    timers,
  });
  const { tunnel, ollama } = bridges;
  const reach = { options, keys, accounts, ledger, secrets, clock, url: () => url };
  const status = createStatusView({ ...reach, startedAt, pause, active, tunnel });
  const { clients, doctor } = createRelayClients({ ...reach, bridges });
  const { facts, traces, statusRoom } = await createRelayStatus({
    ...reach,
    ...{ startedAt, settings, upstreams, routing, active, pause, timers, schedule },
  });
  const apiToken = await keptToken(secrets, randomBytes);
  const testAccount = createAccountTest({
    ...gatewayPorts,
    accounts,
    readModels: models.read,
    tryAccount: routing.tryAccount,
  });
  const desk = createAccountDesk({
    accounts,
    readModels: models.read,
    readUsage: quota.now,
    test: testAccount,
    retry: routing.retry,
  });
  const usage = (query: UsageQuery) => ledger.usage(query, timeZone());
  const rehearsal = createRehearsal({
    openStage: createStageOpener(createRelay, silentLog),
    settings: settings.all,
    clock,
  });
  const portability = createPortability({
    ...{ settings, accounts, keys, budgets, ledger, clock },
    version: relayVersion,
    folder: journalFolder(dataDir),
  });
  const dashboard = createDashboard({
    accounts: desk,
    signIns,
    keys: createKeyDesk(keys, use, active),
    budgets,
    clients,
    doctor,
    tunnel,
    ollama,
    ledger,
    usage: {
      usageText: (query, form) => ledger.usageText(query, form, timeZone()),
      usageHours: (query) => ledger.usageHours(query, timeZone()),
    },
    routing: routing.questions,
    rehearsal,
    pause,
    affinities: routing.affinity,
    settings,
    secrets: secretMover,
    portability,
    status: status.whole,
    statusPages: statusRoom,
    apiToken,
    rendererDir,
    clock,
    randomBytes,
    schedule,
    log,
  });
  const server = createHttpServer({
    gateway,
    sockets: (port, hosts) => createSocketEndpoint(gatewayPorts, port, hosts),
    isDraining: active.draining,
    dashboard: dashboard.router,
    room,
    settings: settings.all,
    newId: gatewayPorts.newId,
    now: clock.now,
    log,
    lan: options.lan ?? null,
  });

  const dashboardUrl = (): string => `${url}/#/enter/${dashboard.mintOneTimeToken()}`;
  const close = async (): Promise<void> => {
    models.stop();
    quota.stop();
    statusRoom.stop();
    facts.stop();
    dashboard.close();
    // What the sign-in service answers now is stored before anything else ends (FAULTS A-16).
    await Promise.all([signIns.stop(), bridges.stop()]);
    await accounts.keepAlive.stop();
    await issuer.close();
    await exchanges.close();
    accounts.close();
    await accounts.settled();
    await Promise.all([routing.written(), kept.stop()]);
    await Promise.all([keys.flush(), traces.stop()]);
    await ledger.close();
    lock.release();
  };

  return {
    accounts,
    desk,
    signIns,
    keys,
    budgets,
    ledger,
    settings,
    secrets,
    secretMover,
    rehearsal,
    pause,
    tunnel,
    ollama,
    portability,
    doctor,
    usage,
    status: status.now,
    measure: statusRoom.measure,
    refreshModels: models.now,
    woke() {
      routing.retry();
      exchanges.renew();
      quota.woke();
      void statusRoom.measure();
    },
    dashboardUrl,
    async start() {
      const bind = options.bind ?? '127.0.0.1';
      await bridges.start();
      const port = await server.listen(options.port, bind);
      // Where other machines may come in, this one's own programs still use the loopback.
      const own = options.lan == null ? bind : '127.0.0.1';
      url = `http://${own.includes(':') ? `[${own}]` : own}:${port}`;
      lock.publish({ url, apiToken });
      models.start();
      quota.start();
      statusRoom.start();
      accounts.keepAlive.start();
      return { url, dashboardUrl: dashboardUrl(), apiToken };
    },
    async stop() {
      // New calls are refused in words while the running ones finish (P-03); only then is the port given up.
      await active.drain(settings.get('process.drainMs'));
      if (url !== '') await server.close();
      await close();
    },
  };
}

const schedule = (run: () => void, afterMs: number): (() => void) => unheldTimers.set(afterMs, run);
