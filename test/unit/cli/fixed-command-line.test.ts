import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { createProgram } from '../../../src-main/cli/program.ts';
import { fakeTerminal } from './fake-terminal.ts';

/** What scripts rely on: each command with the options that it keeps. */
const fixed: Readonly<Record<string, readonly string[]>> = {
  serve: ['--port', '--bind', '--json', '--set'],
  'accounts add': ['--api-key', '--base-url', '--wire', '--label', '--json'],
  'accounts import': ['--json'],
  'accounts login': ['--device', '--json'],
  'accounts list': ['--json'],
  'accounts enable': ['--json'],
  'accounts disable': ['--json'],
  'accounts pause': ['--json'],
  'accounts remove': ['--json'],
  'accounts test': ['--json'],
  'keys create': [
    ...['--name', '--rpm', '--tpm', '--concurrency', '--max-output', '--models', '--accounts'],
    ...['--project', '--member', '--expires', '--json'],
  ],
  'keys list': ['--json'],
  'keys rotate': ['--json'],
  'keys revoke': ['--json'],
  logs: ['--follow', '--json', '--limit'],
  usage: ['--json'],
  errors: ['--json'],
  status: ['--json'],
  open: ['--json'],
  demo: ['--json'],
  rehearse: ['--json'],
};

test.each(Object.entries(fixed))('relay %s keeps its options', (path, options) => {
  const { terminal } = fakeTerminal();
  let command: Command | undefined = createProgram(terminal);
  for (const name of path.split(' ')) command = command?.commands.find((each) => each.name() === name);
  expect(command?.options.map(({ long }) => long)).toEqual(expect.arrayContaining([...options]));
});
