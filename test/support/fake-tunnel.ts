import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The public name that the fake program says it has. */
export const publicHost = 'quiet-words-of-tests.trycloudflare.com';

/** How it tells that name; both in the words of the real programs. */
const words = {
  cloudflared: [
    '2026-11-25T08:00:00Z INF Requesting new quick Tunnel on trycloudflare.com...',
    `2026-11-25T08:00:01Z INF |  https://${publicHost}                                    |`,
  ],
  tailscale: ['Available on the internet:', '', 'https://desk.tail1234.ts.net/', '|-- proxy http://127.0.0.1'],
};

export interface FakeTunnel {
  /** The folder to look for it in. */
  readonly folder: string;
  /** Where the internet is, as it were: a loopback port whose bytes it carries to Relay. `null` before it runs. */
  told(): { readonly port: number; readonly pid: number; readonly args: string[]; readonly variables: string[] } | null;
  remove(): void;
}

/**
 * A program that is to Relay what cloudflared or tailscale is, without a network: it carries bytes from a port of its own to
 * the one it was given, tells its public name, and ends when it is asked to. `says` is told in place of that name, and
 * `dies` ends it then.
 */
export function makeFakeTunnel(
  name: 'cloudflared' | 'tailscale' = 'cloudflared',
  { says = words[name], dies = false, deaf = false }: { says?: string[]; dies?: boolean; deaf?: boolean } = {},
): FakeTunnel {
  const folder = mkdtempSync(join(tmpdir(), 'relay-tunnel-'));
  const told = join(folder, 'told.json');
  const script = `#!${process.execPath}
const { connect, createServer } = require('node:net');
const { existsSync, renameSync, writeFileSync } = require('node:fs');
const args = process.argv.slice(2);
const target = Number(/(\\d+)$/.exec(args.at(-1))[1]);
${deaf ? "process.on('SIGTERM', () => {});" : ''}
const server = createServer({ allowHalfOpen: true }, (client) => {
  const relay = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
  for (const [one, other] of [[client, relay], [relay, client]]) {
    one.pipe(other);
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}).listen(0, '127.0.0.1', () => {
  const variables = Object.keys(process.env);
  const { port } = server.address();
  writeFileSync(${JSON.stringify(`${told}.draft`)}, JSON.stringify({ port, pid: process.pid, args, variables }));
  renameSync(${JSON.stringify(`${told}.draft`)}, ${JSON.stringify(told)});
  // A test that failed leaves nobody behind.
  setInterval(() => existsSync(${JSON.stringify(told)}) || process.exit(), 1_000);
  for (const line of ${JSON.stringify(says)}) console.error(line);
  ${dies ? 'process.exit(1);' : ''}
});
`;
  writeFileSync(join(folder, name), script);
  chmodSync(join(folder, name), 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    told: () => (existsSync(told) ? JSON.parse(readFileSync(told, 'utf8')) : null),
    remove: () => rmSync(join(folder, name)),
  };
}
