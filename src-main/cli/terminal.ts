import { createInterface } from 'node:readline';
import { dataFolderPath } from '../config/data-folder.ts';
import { type Environment, readEnvironment } from '../config/environment.ts';
import { hasDisplay, openInBrowser } from './browser.ts';
import { untilAskedToEnd } from './signals.ts';

/** What a command sees of the world: the environment, its input and its two outputs. */
export interface Terminal {
  /** Throws RelayError where a RELAY_* variable cannot be used. */
  readonly environment: () => Environment;
  /** Whether a person answers on standard input. */
  readonly interactive: boolean;
  readonly readSecret: (question: string) => Promise<string>;
  /** One line that is shown as it is typed; from a pipe its first line. */
  readonly readLine: (question: string) => Promise<string>;
  /** Standard input as text, to its end. */
  readonly readInput: () => Promise<string>;
  /** One line of the answer. */
  readonly print: (line: string) => void;
  /** One line beside the answer, for a person. */
  readonly note: (line: string) => void;
  /** Aborts when nobody reads the answer any more, as after `| head`. */
  readonly outputClosed: AbortSignal;
  /** Whether a browser opened here would be seen. */
  readonly hasDisplay: boolean;
  /** False where there is none that could be opened. */
  readonly openInBrowser: (url: string) => Promise<boolean>;
  /** Resolves when the person ends the command, as with Ctrl-C. From the call on that no longer ends the process by itself. */
  readonly untilAskedToEnd: () => Promise<void>;
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

export const dataDirOf = (terminal: Terminal): string => dataFolderPath(terminal.environment().home);

/** For the encrypted file: from the environment, else asked for where a person can answer. */
export const passphraseOf = (terminal: Terminal) => async (): Promise<string | null> => {
  const given = terminal.environment().passphrase;
  return given !== null || !terminal.interactive ? given : terminal.readSecret('Passphrase of secrets.enc: ');
};

export function createTerminal(): Terminal {
  let environment: Environment | undefined;
  const closed = new AbortController();
  process.stdout.on('error', () => closed.abort());
  process.stderr.on('error', () => undefined);
  return {
    environment: () => {
      environment ??= readEnvironment(process.env);
      return environment;
    },
    interactive: process.stdin.isTTY === true,
    readSecret,
    readLine,
    readInput,
    print: (line) => void process.stdout.write(`${line}\n`),
    note: (line) => void process.stderr.write(`${line}\n`),
    outputClosed: closed.signal,
    hasDisplay: hasDisplay(),
    openInBrowser,
    untilAskedToEnd,
    now: Date.now,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** From a pipe the whole input; at a terminal one line that is not shown. */
async function readSecret(question: string): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) return (await readInput()).trim();
  stderr.write(question);
  stdin.setRawMode(true);
  try {
    return await readHiddenLine(stdin);
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}

async function readLine(question: string): Promise<string> {
  process.stderr.write(question);
  const lines = createInterface({ input: process.stdin });
  try {
    for await (const line of lines) return line.trim();
    return '';
  } finally {
    lines.close();
  }
}

const controlC = '\u0003';
const controlD = '\u0004';
const backspaces = new Set(['\u007f', '\b']);

function readHiddenLine(stdin: NodeJS.ReadStream): Promise<string> {
  stdin.setEncoding('utf8');
  return new Promise((resolve) => {
    let line = '';
    const onData = (text: string): void => {
      for (const character of text) {
        if (character === controlC) line = '';
        if (character === controlC || character === controlD || character === '\r' || character === '\n') {
          stdin.off('data', onData);
          resolve(line.trim());
          return;
        }
        line = backspaces.has(character) ? line.slice(0, -1) : line + character;
      }
    };
    stdin.on('data', onData);
    stdin.resume();
  });
}
