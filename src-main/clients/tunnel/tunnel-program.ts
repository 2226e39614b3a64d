import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { TunnelVia } from '../../../src-shared/contract/tunnel.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import type { Timers } from '../../../src-shared/domain/timers.ts';
import { redact } from '../../log/redact.ts';

export interface RunningTunnel {
  /** The public name, as requests have it in their Host header. */
  readonly host: string;
  /** Resolves when the program has ended, with its last words. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

export interface TunnelProgramOptions {
  readonly via: TunnelVia;
  /** Where the program lies. */
  readonly path: string;
  /** The loopback port that is to be reached. */
  readonly port: number;
  readonly variables: NodeJS.ProcessEnv;
  readonly timers: Timers;
  readonly cancelled: AbortSignal;
  readonly started: (pid: number) => void;
}

/** The programs' own words for "carry this port to the internet", and how they tell the address. */
const programs: Readonly<Record<TunnelVia, { args(port: number): string[]; address: RegExp }>> = {
  // Quick tunnels: developers.cloudflare.com/cloudflare-one, "TryCloudflare". `api` is where cloudflared itself asks for one,
  // and stands in its words when that fails.
  cloudflared: {
    args: (port) => ['tunnel', '--no-autoupdate', '--url', `http://127.0.0.1:${port}`],
    address: /https:\/\/(?!api\.)([a-z0-9-]+\.trycloudflare\.com)(?![\w.-])/,
  },
  // In the foreground it ends with its process: tailscale.com/kb/1311.
  tailscale: {
    args: (port) => ['funnel', String(port)],
    address: /https:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)+\.ts\.net)(?![\w.-])/,
  },
};

const OPENING_MS = 45_000;
/** A program that does not end when it is asked to is killed after this. */
const ENDING_MS = 3_000;
const MAX_LINE = 300;

/**
 * Starts the program and waits for the address that it tells. Rejects with `upstream_connection_error` in its own last words
 * where it ends, and with `upstream_timeout` where it tells none in time; it runs no more then.
 */
export function startTunnelProgram(options: TunnelProgramOptions): Promise<RunningTunnel> {
  const { via, path, port, timers, cancelled } = options;
  const { args, address } = programs[via];
  const child = spawn(path, args(port), {
    env: withoutSecrets(options.variables),
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  if (child.pid !== undefined) options.started(child.pid);
  // Also where this process ends without having been asked to.
  const killNow = (): void => void child.kill('SIGTERM');
  process.once('exit', killNow);

  let lastLine = '';
  const ended = new Promise<string>((resolve) => {
    const end = (words: string): void => {
      process.off('exit', killNow);
      resolve(redact(words) || 'it said nothing');
    };
    child.once('error', (error) => end(error.message));
    child.once('close', () => end(lastLine));
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const cancel = timers.set(ENDING_MS, () => void child.kill('SIGKILL'));
    await ended;
    cancel();
  };

  return new Promise((resolve, reject) => {
    let late = false;
    const cancelLimit = timers.set(OPENING_MS, () => {
      late = true;
      void stop();
    });
    void ended.then((words) => {
      cancelLimit();
      const slow = `${via} told no public address within ${OPENING_MS / 1_000} s. Its last words: ${words}`;
      reject(
        late
          ? new RelayError('upstream_timeout', { message: slow })
          : new RelayError('upstream_connection_error', {
              message: `${via} ended before a tunnel was open: ${words}`,
            }),
      );
    });
    cancelled.addEventListener('abort', () => void stop(), { once: true });
    const read = (line: string): void => {
      const plain = line.replace(/\p{Cc}+/gu, ' ').trim();
      if (plain !== '') lastLine = plain.slice(0, MAX_LINE);
      const host = address.exec(line)?.[1];
      if (host === undefined) return;
      cancelLimit();
      resolve({ host, ended, stop });
    };
    for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', read);
  });
}

/** What Relay knows from its environment is none of another program's business. */
const withoutSecrets = (variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => !/^(?:RELAY|OPENAI|OTEL)_/i.test(name)));
