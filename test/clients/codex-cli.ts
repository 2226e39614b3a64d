import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const launcher = resolve(import.meta.dirname, '../../node_modules/@openai/codex/bin/codex.js');
const platformPackage = resolve(
  import.meta.dirname,
  `../../node_modules/@openai/codex-${process.platform}-${process.arch}`,
);

/** Null where the real Codex CLI can run; else the reason why its tests are left out. */
export const codexMissing: string | null =
  existsSync(launcher) && existsSync(platformPackage)
    ? null
    : 'The Codex CLI tests are left out: its binary is not installed for this platform. Run npm ci to enable them.';

export interface CodexEvent {
  readonly type: string;
  readonly thread_id?: string;
  readonly item?: {
    readonly type: string;
    readonly text?: string;
    readonly command?: string;
    readonly aggregated_output?: string;
    readonly exit_code?: number | null;
    readonly message?: string;
  };
  readonly usage?: {
    readonly input_tokens: number;
    readonly cached_input_tokens: number;
    readonly output_tokens: number;
    readonly reasoning_output_tokens: number;
  };
  readonly error?: { readonly message: string };
  readonly message?: string;
}

export interface CodexRun {
  readonly exitCode: number | null;
  readonly events: readonly CodexEvent[];
  readonly stderr: string;
  readonly threadId: string | undefined;
  /** Output of each command that the CLI ran for the model. */
  readonly commandOutputs: readonly string[];
  /** What the model said, message by message. */
  readonly messages: readonly string[];
  /** What the CLI told its user of troubles: `error` events, error items, a failed turn. */
  readonly complaints: readonly string[];
}

export interface CodexCli {
  /** Its CODEX_HOME. */
  readonly home: string;
  /** One `codex exec` of this prompt; `['resume', '--last']` goes before it when given. */
  exec(prompt: string, words?: readonly string[]): Promise<CodexRun>;
  /** One question to `codex app-server`. */
  ask(method: string, params?: object): Promise<unknown>;
  /** Hosts that it tried to reach other than on the loopback interface; none of them was reached. */
  readonly strayHosts: readonly string[];
  close(): Promise<void>;
}

export interface CodexSetup {
  /** The text of its config.toml. */
  readonly config: string;
  /** Its login, when it has one. */
  readonly authJson?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The real Codex CLI with a home of its own; everything but the loopback interface is out of its reach. */
export async function createCodex({ config, authJson, env = {} }: CodexSetup): Promise<CodexCli> {
  const root = await mkdtemp(join(tmpdir(), 'relay-codex-'));
  const home = join(root, 'codex');
  const workspace = join(root, 'workspace');
  await Promise.all([mkdir(home), mkdir(workspace)]);
  await writeFile(join(home, 'config.toml'), `${quiet}${config}`);
  if (authJson !== undefined) await writeFile(join(home, 'auth.json'), authJson, { mode: 0o600 });
  const wall = await createWall();
  const running = new Set<ChildProcess>();

  const start = (args: readonly string[]): ChildProcess => {
    const child = spawn(process.execPath, [launcher, ...args], {
      cwd: workspace,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: root,
        CODEX_HOME: home,
        TERM: 'xterm',
        HTTPS_PROXY: wall.url,
        HTTP_PROXY: wall.url,
        ALL_PROXY: wall.url,
        NO_PROXY: '127.0.0.1,localhost',
        ...env,
      },
    });
    running.add(child);
    child.once('close', () => running.delete(child));
    return child;
  };

  return {
    home,
    strayHosts: wall.hosts,
    exec(prompt, words = []) {
      const options = ['--json', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox'];
      const child = start(['exec', ...options, ...words, prompt]);
      child.stdin?.end();
      return new Promise((done, fail) => {
        let stdout = '';
        let stderr = '';
        child.stdout?.setEncoding('utf8').on('data', (text: string) => {
          stdout += text;
        });
        child.stderr?.setEncoding('utf8').on('data', (text: string) => {
          stderr += text;
        });
        child.once('error', fail);
        child.once('close', (exitCode) => done(readRun(exitCode, stdout, stderr)));
      });
    },
    ask(method, params) {
      const child = start(['app-server']);
      const send = (message: object): unknown => child.stdin?.write(`${JSON.stringify(message)}\n`);
      return new Promise((done, fail) => {
        let rest = '';
        child.once('error', fail);
        child.once('close', () => fail(new Error(`codex app-server ended before it answered ${method}.`)));
        child.stdout?.setEncoding('utf8').on('data', (text: string) => {
          const lines = (rest + text).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) {
            const message: { id?: number; result?: unknown; error?: unknown } = JSON.parse(line);
            if (message.id === 1) {
              send({ method: 'initialized' });
              send({ id: 2, method, params });
            }
            if (message.id !== 2) continue;
            done(message.result ?? message.error);
            child.kill();
          }
        });
        send({ id: 1, method: 'initialize', params: { clientInfo: { name: 'codex_cli_rs', version: '0.169.0' } } });
      });
    },
    async close() {
      await Promise.all([...running].map((child) => ended(child)));
      await wall.close();
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Without what only asks GitHub and chatgpt.com for news, so that any other host it asks for is a fault. */
const quiet = `check_for_update_on_startup = false
cli_auth_credentials_store = "file"
analytics = { enabled = false }
features = { plugins = false, remote_plugin = false, apps = false }
`;

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    child.once('close', () => done());
    child.kill('SIGKILL');
  });
}

function readRun(exitCode: number | null, stdout: string, stderr: string): CodexRun {
  const events = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): CodexEvent => JSON.parse(line));
  const items = events.flatMap(({ type, item }) => (type === 'item.completed' && item !== undefined ? [item] : []));
  const textsOf = (texts: readonly (string | undefined)[]): string[] => texts.filter((text) => text !== undefined);
  return {
    exitCode,
    events,
    stderr,
    threadId: events.find(({ type }) => type === 'thread.started')?.thread_id,
    commandOutputs: textsOf(items.map((item) => item.aggregated_output)),
    messages: textsOf(items.filter(({ type }) => type === 'agent_message').map(({ text }) => text)),
    complaints: textsOf([
      ...events.filter(({ type }) => type === 'error').map(({ message }) => message),
      ...items.filter(({ type }) => type === 'error').map(({ message }) => message),
      ...events.map(({ error }) => error?.message),
    ]),
  };
}

/** An HTTPS proxy that reaches nothing and writes down who was asked for. */
async function createWall(): Promise<{ url: string; hosts: readonly string[]; close(): Promise<void> }> {
  const hosts: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    socket.once('data', (head) => {
      hosts.push(head.toString('latin1').split(' ')[1] ?? '');
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening()));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    hosts,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((closed) => server.close(() => closed()));
    },
  };
}
