import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { opencodeProgram } from '../support/opencode-program.ts';

const binary = opencodeProgram();

/** Null where the real OpenCode can run; else the reason why its tests are left out. */
export const opencodeMissing: string | null =
  binary === null ? 'The OpenCode tests are left out: it is not here. Fetch it from npm: npm test -- clients' : null;

export interface OpencodeRun {
  readonly exitCode: number | null;
  /** One object a line, as `--format json` prints them. */
  readonly events: readonly {
    readonly type: string;
    readonly part?: {
      readonly text?: string;
      readonly tool?: string;
      readonly state?: { readonly output?: string; readonly status?: string };
    };
  }[];
  readonly stderr: string;
}

export interface Opencode {
  /** Its HOME. */
  readonly home: string;
  /** The CLI puts a word with a space in it into quotes, so the prompt goes word by word. */
  run(prompt: string): Promise<OpencodeRun>;
  close(): Promise<void>;
}

/** The real OpenCode with a home of its own. */
export async function createOpencode(): Promise<Opencode> {
  const home = await mkdtemp(join(tmpdir(), 'relay-opencode-'));
  const workspace = join(home, 'workspace');
  await mkdir(workspace);
  return {
    home,
    run(prompt) {
      const child = spawn(binary ?? '', ['run', '--format', 'json', ...prompt.split(' ')], {
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
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      return new Promise((done, fail) => {
        child.once('error', fail);
        child.once('close', (exitCode) => {
          const events = stdout.split('\n').filter((line) => line.startsWith('{'));
          done({ exitCode, events: events.map((line) => JSON.parse(line)), stderr });
        });
      });
    },
    close: () => rm(home, { recursive: true, force: true, maxRetries: 5 }),
  };
}
