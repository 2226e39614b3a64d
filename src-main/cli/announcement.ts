import { chatgptTerms } from '../../src-shared/domain/terms.ts';
import { relayVersion } from '../config/package-info.ts';
import type { Relay, RelayAddress } from '../relay.ts';
import type { RunningRelay } from './relay-access.ts';
import type { Terminal } from './terminal.ts';

/** The one JSON object that `--json` prints first; scripts rely on it. */
export interface Announcement {
  readonly url: string;
  readonly dashboardUrl: string;
  readonly apiToken: string;
  readonly pid: number;
  readonly dataDir: string;
  readonly secrets: string;
  readonly version: string;
  /** Only when it has just been made: it is shown once. */
  readonly firstKey?: string;
  /** Only where other machines may reach it. */
  readonly lan?: { readonly urls: readonly string[]; readonly fingerprint: string | null };
}

export function announcementOf(
  relay: Relay,
  address: RelayAddress,
  dataDir: string,
  firstKey: string | null,
): Announcement {
  const { url, dashboardUrl, apiToken } = address;
  const secrets = relay.secrets.describe();
  const common = { url, dashboardUrl, apiToken, pid: process.pid, dataDir, secrets, version: relayVersion };
  return firstKey === null ? common : { ...common, firstKey };
}

export async function announceRunning(terminal: Terminal, running: RunningRelay, json: boolean): Promise<void> {
  const { url, apiToken, pid } = running;
  if (!json)
    return terminal.print(`Relay is already running at ${url} (process ${pid}). Open its dashboard: relay open`);
  const { dataDir, secrets, version } = await running.status();
  const dashboardUrl = await running.dashboardUrl();
  printAnnouncement(terminal, { url, dashboardUrl, apiToken, pid, dataDir, secrets, version });
}

export function printAnnouncement(terminal: Terminal, announcement: Announcement): void {
  terminal.print(JSON.stringify(announcement));
}

export function printWelcome(terminal: Terminal, announcement: Announcement): void {
  const { url, dashboardUrl, dataDir, secrets, version, firstKey, lan } = announcement;
  const lines = [
    `Relay ${version} is running.`,
    `  Base URL     ${url}/v1`,
    `  Dashboard    ${dashboardUrl}`,
    '               (signs a browser in, once, within a minute; afterwards: relay open)',
    ...(lan?.urls ?? []).map((each) => `  Elsewhere    ${each}`),
    ...(lan?.fingerprint == null ? [] : [`  Certificate  SHA-256 ${lan.fingerprint}`]),
    `  Data folder  ${dataDir}`,
    `  Secrets      ${secrets}`,
    ...(firstKey === undefined
      ? []
      : [`  First key    ${firstKey}`, '               (shown this once)', '', chatgptTerms]),
  ];
  for (const line of lines) terminal.print(line);
}
