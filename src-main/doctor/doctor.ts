import type { AccountView } from '../../src-shared/contract/account.ts';
import type { SeenClientList } from '../../src-shared/contract/client.ts';
import type { DoctorReport, Finding } from '../../src-shared/contract/doctor.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { ClientRoom } from '../clients/client-room.ts';
import type { Environment } from '../config/environment.ts';
import type { Database } from '../ledger/database.ts';
import type { SecretStore } from '../secrets/secret-store.ts';
import { type BridgeCheckPorts, checkBridges } from './bridge-checks.ts';
import { found } from './found.ts';
import { checkMachine } from './machine-checks.ts';
import { checkUpstreams } from './upstream-checks.ts';

export interface DoctorPorts {
  readonly dataDir: string;
  readonly environment: Environment;
  /** Where Relay listens; empty where it does not. */
  readonly url: () => string;
  readonly database: Database;
  readonly secrets: SecretStore;
  /** A secret that is there in every Relay. */
  readonly secretName: string;
  readonly accounts: () => AccountView[];
  readonly clients: Pick<ClientRoom, 'states' | 'verify'> & { seen(): Promise<SeenClientList> };
  readonly bridges: Omit<BridgeCheckPorts, 'now'>;
  readonly fetch: typeof fetch;
  readonly clock: Pick<Clock, 'now'>;
}

export interface Doctor {
  /** Looks at everything, at the same time; some of it takes seconds. Never rejects. */
  examine(): Promise<DoctorReport>;
}

export function createDoctor(ports: DoctorPorts): Doctor {
  const { dataDir, environment, url, clock } = ports;
  const checks = (): readonly Promise<Finding[]>[] => [
    checkMachine({ dataDir, port: environment.port, url: url() }),
    checkDatabase(ports),
    checkSecrets(ports),
    checkUpstreams(addressesOf(ports), { fetch: ports.fetch, now: clock.now }),
    Promise.resolve(accountFindings(ports.accounts())),
    checkClients(ports),
    checkCallers(ports),
    checkBridges({ ...ports.bridges, now: clock.now }),
  ];
  return {
    async examine() {
      const findings = (await Promise.all(checks())).flat();
      return reportOf(findings, clock.now(), url() !== '');
    },
  };
}

export const reportOf = (findings: readonly Finding[], checkedAt: number, running: boolean): DoctorReport => ({
  checkedAt,
  running,
  healthy: findings.every(({ state }) => state !== 'broken'),
  findings: [...findings],
});

/** Off the main thread: the ledger's reader runs it. */
async function checkDatabase({ database }: DoctorPorts): Promise<Finding[]> {
  const aside = 'Stop Relay, then keep it aside and begin a new one: relay serve --recover';
  try {
    const rows = await database.all('PRAGMA quick_check(3)');
    const [version] = await database.all('PRAGMA user_version');
    const texts = rows.map((row) => String(Object.values(row)[0]));
    if (texts.length === 1 && texts[0] === 'ok')
      return [found.ok('database', `The database fits together (version ${version?.['user_version']}).`)];
    return [found.broken('database', `The database is damaged: ${texts.join('; ').slice(0, 300)}.`, aside)];
  } catch (error) {
    return [found.broken('database', `The database cannot be read: ${wordsOf(error)}`, aside)];
  }
}

async function checkSecrets({ secrets, secretName }: DoctorPorts): Promise<Finding[]> {
  const fix =
    'Unlock the keyring, or keep secrets in an encrypted file: RELAY_SECRETS=file RELAY_PASSPHRASE=... relay serve';
  try {
    const secret = await secrets.get(secretName);
    const place = `Secrets are in ${secrets.describe()}.`;
    if (secret !== null) return [found.ok('secrets', place)];
    return [found.broken('secrets', `${place} It does not give back what was put into it.`, fix)];
  } catch (error) {
    return [found.broken('secrets', `Secrets cannot be read: ${wordsOf(error)}`, fix)];
  }
}

/** Only what some account, or a first sign-in, needs. */
function addressesOf({ environment, accounts }: DoctorPorts): string[] {
  const all = accounts().filter(({ enabled }) => enabled);
  const keys = all.filter(({ kind }) => kind === 'openai').map(({ baseUrl }) => baseUrl ?? environment.openaiBaseUrl);
  const hasLogin = all.some(({ kind }) => kind === 'chatgpt') || keys.length === 0;
  return [...(hasLogin ? [environment.chatgptBaseUrl, environment.authIssuer] : []), ...keys];
}

const noAccounts = found.warning(
  'account',
  'There are no accounts yet.',
  'relay login, or with an API key: relay accounts add --api-key -',
);

function accountFindings(views: readonly AccountView[]): Finding[] {
  if (views.length === 0) return [noAccounts];
  const findings = views.map(accountFinding);
  if (views.some(({ enabled }) => enabled)) return findings;
  const sentence = 'Every account is switched off, so no call can be served.';
  return [...findings, found.warning('account', sentence, 'relay accounts enable ID')];
}

function accountFinding({ id, label, kind, health }: AccountView): Finding {
  const sentence = `${label}: ${health.reason}`;
  switch (health.state) {
    case 'needs-sign-in':
      return found.broken(
        'account',
        sentence,
        kind === 'chatgpt' ? `relay login --account ${id}` : 'Add its new key: relay accounts add --api-key -',
        label,
      );
    case 'unlock-keyring':
      return found.broken('account', sentence, 'Unlock the keyring of this system.', label);
    case 'unreachable':
      return found.broken('account', sentence, `relay accounts test ${id}`, label);
    case 'paused':
      return found.warning('account', sentence, `relay accounts resume ${id}`, label);
    case 'resting':
    case 'degraded':
    case 'plan-lacks-model':
      return found.warning('account', sentence, null, label);
    case 'disabled':
    case 'busy':
    case 'ready':
      return found.ok('account', sentence, label);
  }
}

async function checkClients({ clients, url }: DoctorPorts): Promise<Finding[]> {
  const states = await clients.states();
  return Promise.all(
    states.map(async ({ id, name, state, detail }) => {
      const fix = `relay connect ${id}`;
      if (state !== 'connected') return found.broken('client', `${name}: ${detail ?? state}`, fix, id);
      if (url() === '') return found.ok('client', `${name} is connected.`, id);
      const check = await clients.verify(id).catch((error: unknown) => ({ ok: false, sentence: wordsOf(error) }));
      return check.ok
        ? found.ok('client', `${name}: ${check.sentence}`, id)
        : found.broken('client', `${name}: ${check.sentence}`, fix, id);
    }),
  );
}

/** What was mended, with the setting that spares it; only what fails is a warning. */
async function checkCallers({ clients }: DoctorPorts): Promise<Finding[]> {
  const { clients: seen } = await clients.seen().catch(() => ({ clients: [] }));
  return seen.flatMap(({ name, findings }) =>
    findings
      .filter(({ failed, fix }) => failed || fix !== null)
      .map(({ failed, sentence, fix }): Finding => {
        const state = failed ? 'warning' : 'ok';
        return { check: 'client', subject: name, state, sentence: `${name}: ${sentence}`, fix };
      }),
  );
}

const wordsOf = (error: unknown): string => (error instanceof RelayError ? error.message : 'the reason is not known.');
