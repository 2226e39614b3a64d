import { describe, expect, test } from 'vitest';
import { runCli } from '../../../src-main/cli/run-cli.ts';
import { relayVersion } from '../../../src-main/config/package-info.ts';
import { fakeTerminal } from './fake-terminal.ts';

const words = (line: string): string[] => (line === '' ? [] : line.split(' '));

describe('wrong usage ends with 2 and a word on stderr', () => {
  test.each([
    '',
    'surf',
    'accounts surf',
    'login --device --paste',
    'login ada',
    'serve --port 70000',
    'serve --port -1',
    'serve --set routing.maxAttempts',
    'serve --set routing.maxAttempts=many',
    'serve --set no.such=1',
    'serve extra',
    'demo --port http',
    'accounts add',
    'accounts add --api-key sk-on-the-command-line',
    'accounts add --api-key - --wire telepathy',
    'accounts remove',
    'accounts pause a --for 1x',
    'accounts pause a --for 1h --until-reset',
    'accounts pin a --for soon',
    'accounts set a',
    'accounts set a --policy never',
    'accounts set a --max-concurrency 0',
    'accounts set a --color red',
    'accounts order',
    'accounts audit --limit 0',
    'keys create',
    'keys create --name x --expires 2001-01-01',
    'keys create --name x --models a,,b',
    'logs --limit 0',
    'logs --status fine',
    'logs --min-cost much',
    'logs --stream perhaps',
    'logs --http-status 9',
    'logs --since yesterday',
    'errors --phase later',
    'errors --limit 201',
    'route --dry-run --replay 24h',
    'route --model gpt-5.5',
    'route --without a',
    'route --replay soon',
    'route --dry-run --strategy luck',
    'connect emacs',
    'connect --all',
    'connect --undo',
    'connect codex --undo --all',
    'status --loud',
  ])('relay %s', async (line) => {
    const { terminal, printed, noted } = fakeTerminal();
    expect(await runCli(words(line), terminal)).toBe(2);
    expect(printed).toEqual([]);
    expect(noted.join('\n')).toMatch(/\S/);
    expect(noted.join('\n')).not.toContain('sk-on-the-command-line');
  });
});

test('help and version end with 0 on stdout', async () => {
  const version = fakeTerminal();
  expect(await runCli(['--version'], version.terminal)).toBe(0);
  expect(version).toMatchObject({ printed: [relayVersion], noted: [] });
  const help = fakeTerminal();
  expect(await runCli(['keys', 'create', '--help'], help.terminal)).toBe(0);
  expect(help.printed.join('\n')).toContain('--expires <when>');
});

test('help lists exactly the commands there are', async () => {
  const { terminal, printed } = fakeTerminal();
  await runCli(['--help'], terminal);
  const commands = printed
    .join('\n')
    .split('Commands:\n')[1]
    ?.match(/^ {2}[a-z]+/gm);
  expect(commands?.map((name) => name.trim())).toEqual([
    'serve',
    'demo',
    'login',
    'accounts',
    'keys',
    'budgets',
    'secrets',
    'pause',
    'resume',
    'logs',
    'usage',
    'errors',
    'rehearse',
    'route',
    'connect',
    'tunnel',
    'ollama',
    'doctor',
    'status',
    'export',
    'import',
    'backup',
    'open',
    'help',
  ]);
});

test.each(['accounts list', 'keys list', 'logs', 'serve'])(
  'relay %s in a folder that cannot be used ends with 1 and one sentence',
  async (line) => {
    const { terminal, printed, noted } = fakeTerminal();
    expect(await runCli(words(line), terminal)).toBe(1);
    expect({ printed, noted }).toEqual({
      printed: [],
      noted: [
        'The data folder /dev/null/relay lies below something that is not a folder. Choose another folder with RELAY_HOME.',
      ],
    });
  },
);

test('a variable that cannot be used ends with 1 and one sentence', async () => {
  const { terminal, noted } = fakeTerminal({ RELAY_AUTH_ISSUER: 'http://example.com' });
  expect(await runCli(['keys', 'list'], terminal)).toBe(1);
  expect(noted).toEqual(['RELAY_AUTH_ISSUER must be https, or http on this machine, because tokens are sent to it.']);
});

test('an API key is not asked for twice: without one on standard input the command refuses', async () => {
  const { terminal, noted } = fakeTerminal();
  expect(await runCli(['accounts', 'add', '--api-key', '-'], terminal)).toBe(1);
  expect(noted).toEqual(['There was no key on standard input.']);
});
