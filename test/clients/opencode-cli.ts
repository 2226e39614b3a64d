import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { opencodeProgram } from '../support/opencode-program.ts';

const binary = opencodeProgram();

/** Null where the real OpenCode can run; else the reason why its tests are left out. */
export const opencodeMissing: string | null =
  binary === null ? 'The OpenCode tests are left out: it is not here. Fetch it from npm: npm test -- clients' : null;

interface OpencodePart {
  readonly type?: string;
  readonly text?: string;
  readonly tool?: string;
  readonly state?: { readonly output?: string; readonly status?: string };
}

export interface OpencodeRun {
  readonly exitCode: number | null;
  /** One object a line, as `--format json` prints them. */
  readonly events: readonly { readonly type: string; readonly part?: OpencodePart }[];
  readonly stderr: string;
}

/** What a session's message has become. */
export interface OpencodeAnswer {
  readonly info: {
    /** By the schema that was asked for. */
    readonly structured?: unknown;
    readonly error?: {
      readonly data: { readonly message: string; readonly statusCode?: number; readonly isRetryable?: boolean };
    };
  };
  readonly parts: readonly OpencodePart[];
}

/** The server behind its terminal, desktop and editor programs. */
export interface OpencodeServer {
  /** The first message of a new session, with more of the message's body. */
  ask(parts: readonly object[], more?: object): Promise<OpencodeAnswer>;
  /** What it tells its user of each session that is at work. */
  statuses(): Promise<readonly { readonly type: string; readonly message?: string; readonly next?: number }[]>;
}

export interface Opencode {
  /** Its HOME. */
  readonly home: string;
  /** The CLI puts a word with a space in it into quotes, so the prompt goes word by word. */
  run(prompt: string): Promise<OpencodeRun>;
  serve(): Promise<OpencodeServer>;
  close(): Promise<void>;
}

/** The real OpenCode with a home of its own. */
export async function createOpencode(): Promise<Opencode> {
  const home = await mkdtemp(join(tmpdir(), 'relay-opencode-'));
  const workspace = join(home, 'workspace');
  await mkdir(workspace);
  const running = new Set<ChildProcess>();
  const start = (args: readonly string[]) => {
    const child = spawn(binary ?? '', args, {
      cwd: workspace,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        OPENCODE_DISABLE_AUTOUPDATE: '1',
        OPENCODE_DISABLE_MODELS_FETCH: '1',
        OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
        OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
      },
    });
    running.add(child);
    const out = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      out.stderr += text;
    });
    const closed = new Promise<number | null>((done, fail) => {
      child.once('error', fail);
      child.once('close', (exitCode) => {
        running.delete(child);
        done(exitCode);
      });
    });
    return { child, out, closed };
  };
  return {
    home,
    async run(prompt) {
      const { out, closed } = start(['run', '--format', 'json', ...prompt.split(' ')]);
      const exitCode = await closed;
      const events = out.stdout.split('\n').filter((line) => line.startsWith('{'));
      return { exitCode, events: events.map((line) => JSON.parse(line)), stderr: out.stderr };
    },
    async serve() {
      const { child, out, closed } = start(['serve', '--port', '0']);
      const url = await new Promise<string>((done, fail) => {
        child.stdout.on('data', () => {
          const said = /listening on (http:\S+)/.exec(out.stdout)?.[1];
          if (said !== undefined) done(said);
        });
        closed.then(() => fail(new Error(`opencode serve ended: ${out.stderr}`)), fail);
      });
      const post = async (path: string, body: object) => {
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
        return answer.json();
      };
      return {
        async ask(parts, more = {}) {
          // A session with a title needs no call of its own to make one.
          const { id } = (await post('/session', { title: 'a session' })) as { id: string };
          return (await post(`/session/${id}/message`, { parts, ...more })) as OpencodeAnswer;
        },
        async statuses() {
          const statuses = await fetch(`${url}/session/status`);
          return Object.values((await statuses.json()) as Record<string, { type: string }>);
        },
      };
    },
    async close() {
      for (const child of running) child.kill('SIGKILL');
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
