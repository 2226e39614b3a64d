import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { LanOptions } from '../relay-options.ts';
import { Refused } from './refused.ts';

export interface LanChoice {
  readonly bind: string;
  readonly tls?: 'self-signed';
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly insecureLan?: true;
  /** Names under which other machines know this one. */
  readonly host: readonly string[];
}

/** What `relay serve` was told about other machines; `null` where none can reach it. Throws Refused where nothing protects what they send. */
export async function lanAccess(choice: LanChoice, dataDir: string, now: number): Promise<LanOptions | null> {
  const { bind, tls, tlsCert, tlsKey, insecureLan } = choice;
  if (isLoopback(bind)) return null;
  const hosts = [...new Set([...ownAddresses(bind), ...choice.host])];
  if ((tlsCert === undefined) !== (tlsKey === undefined)) throw new Refused('--tls-cert and --tls-key go together.', 2);
  if (tlsCert !== undefined && tlsKey !== undefined) return { hosts, tls: readPair(tlsCert, tlsKey) };
  if (tls === 'self-signed') return { hosts, tls: await selfSigned(join(dataDir, 'tls'), hosts, now) };
  if (insecureLan) return { hosts, tls: null };
  throw new Refused(
    `Other machines could reach Relay at ${bind}, and what they send would not be encrypted. Give --tls self-signed, or --tls-cert FILE --tls-key FILE, or say that you want it so: --insecure-lan`,
    2,
  );
}

/** What is announced of it: base URLs for other machines, and the certificate's fingerprint; `null` without encryption. */
export function lanAnnouncement(lan: LanOptions | null, url: string) {
  if (lan === null) return {};
  const { port } = new URL(url);
  const scheme = lan.tls === null ? 'http' : 'https';
  const urls = lan.hosts.map((host) => `${scheme}://${isIP(host) === 6 ? `[${host}]` : host}:${port}/v1`);
  return { lan: { urls, fingerprint: lan.tls === null ? null : fingerprintOf(lan.tls.cert) } };
}

/** As browsers and clients show it: SHA-256 of the certificate, in pairs. */
const fingerprintOf = (cert: string): string => new X509Certificate(cert).fingerprint256;

const isLoopback = (address: string): boolean =>
  address === 'localhost' || address === '::1' || /^127\.\d+\.\d+\.\d+$/.test(address);

/** All addresses of this machine where Relay listens on all of them. */
function ownAddresses(bind: string): string[] {
  if (bind !== '0.0.0.0' && bind !== '::') return [bind];
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return [
    ...addresses.filter(({ internal, scopeid }) => !internal && !scopeid).map(({ address }) => address),
    hostname(),
  ];
}

function readPair(certFile: string, keyFile: string): { cert: string; key: string } {
  const read = (file: string): string => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      throw new Refused(`${file} cannot be read.`);
    }
  };
  const pair = { cert: read(certFile), key: read(keyFile) };
  try {
    fingerprintOf(pair.cert);
  } catch {
    throw new Refused(`${certFile} holds no certificate in PEM form.`);
  }
  return pair;
}

const DAY_MS = 86_400_000;
/** What Apple's systems accept at most of a certificate that a person trusts by hand (support.apple.com/102028). */
const LIFE_MS = 820 * DAY_MS;

/** One that is kept, so that a client that trusts it goes on doing so, until its names change or its time ends. */
async function selfSigned(
  folder: string,
  hosts: readonly string[],
  now: number,
): Promise<{ cert: string; key: string }> {
  const [certFile, keyFile, namesFile] = ['cert.pem', 'key.pem', 'names'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const names = createHash('sha256').update(JSON.stringify(hosts.toSorted())).digest('hex');
  const kept = readKept(certFile, keyFile, namesFile);
  if (kept !== null && kept.names === names && Date.parse(new X509Certificate(kept.cert).validTo) > now + 30 * DAY_MS) {
    return { cert: kept.cert, key: kept.key };
  }
  const { generate } = await import('selfsigned');
  const altNames = ['localhost', '127.0.0.1', ...hosts].map((name) =>
    isIP(name) === 0 ? ({ type: 2, value: name } as const) : ({ type: 7, ip: name } as const),
  );
  const pems = await generate([{ name: 'commonName', value: 'Relay' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - DAY_MS),
    notAfterDate: new Date(now + LIFE_MS),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writePrivate(keyFile, pems.private);
  writePrivate(certFile, pems.cert);
  writePrivate(namesFile, names);
  return { cert: pems.cert, key: pems.private };
}

function readKept(certFile: string, keyFile: string, namesFile: string) {
  try {
    const [cert, key, names] = [certFile, keyFile, namesFile].map((file) => readFileSync(file, 'utf8')) as [
      string,
      string,
      string,
    ];
    return { cert, key, names };
  } catch {
    return null;
  }
}

function writePrivate(path: string, text: string): void {
  writeFileSync(`${path}.draft`, text, { mode: 0o600 });
  renameSync(`${path}.draft`, path);
}
