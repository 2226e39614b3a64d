import type { Terminal } from '../../../src-main/cli/terminal.ts';
import { readEnvironment } from '../../../src-main/config/environment.ts';

/** A terminal in memory. Its data folder is none that could be used: a command that comes that far fails. */
export function fakeTerminal(variables: NodeJS.ProcessEnv = {}) {
  const printed: string[] = [];
  const noted: string[] = [];
  const terminal: Terminal = {
    environment: () => readEnvironment({ RELAY_HOME: '/dev/null/relay', ...variables }),
    interactive: false,
    readSecret: async () => '',
    readLine: async () => '',
    readInput: async () => '',
    print: (line) => void printed.push(line),
    note: (line) => void noted.push(line),
    outputClosed: new AbortController().signal,
    hasDisplay: false,
    openInBrowser: async () => false,
    untilAskedToEnd: () => new Promise(() => undefined),
    now: () => Date.UTC(2026, 10, 24),
    wait: async () => undefined,
  };
  return { terminal, printed, noted };
}
