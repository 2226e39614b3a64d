import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createSimulator, type Simulator } from '../../src-main/simulator/simulator.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import {
  makeRelayHome,
  type RelayHome,
  type RelayProcess,
  runRelay,
  startRelayProcess,
} from '../support/relay-process.ts';
import { pythonMissing, pythonProgram } from './python-sdk.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** What is read of answers here. */
interface ApiAnswer {
  readonly key: { readonly id: string };
  readonly calls: readonly { readonly id: string }[];
}

interface Recipe {
  readonly where: string;
  readonly command: string;
}

/** Each command of an indented block, without what is said beside it. A line that ends in a backslash goes on. */
function recipesOf(page: string): Recipe[] {
  const text = readFileSync(join(root, page), 'utf8');
  const recipes: Recipe[] = [];
  for (const { 0: block, index } of text.matchAll(/^ {4}(?:npx )?(?:relay|curl) (?:.*\\\n)*.*$/gm)) {
    const where = `${page}:${text.slice(0, index).split('\n').length}`;
    const command = block.trim();
    recipes.push({ where, command: command.includes('\n') ? command : command.replace(/\s+#\s.*$/, '') });
  }
  return recipes;
}

const recipes = pages.flatMap(recipesOf);

/** What cannot be run to its end here, and where it is shown instead. */
const elsewhere: readonly (readonly [RegExp, string])[] = [
  [/^(npx )?relay demo$/, 'runs until it is stopped: test/integration/demo.test.ts'],
  [/^(npx )?relay serve$/, 'runs until it is stopped: test/integration/command-line.test.ts'],
  [/^(npx )?relay login$/, 'waits for a person in a browser: test/integration/login-command.test.ts'],
  [/^relay tunnel/, 'needs a program of its own: test/integration/tunnel'],
  [/^relay secrets move/, 'comes from a keychain: test/integration/keychain.test.ts'],
  [/^relay ollama/, 'takes a port that somebody else may have: test/integration/ollama-bridge.test.ts'],
  [/^relay logs --cause/, 'the cause is an example: test/integration'],
];
const reasonFor = ({ command }: Recipe): string | undefined => elsewhere.find(([which]) => which.test(command))?.[1];

let simulator: Simulator;
let home: RelayHome;
let relay: RelayProcess;
let ids: { readonly key: string; readonly call: string };

beforeAll(async () => {
  simulator = createSimulator({ clock: systemClock, accounts: [{ name: 'a', kind: 'openai' }] });
  const { openaiBaseUrl } = await simulator.start();
  home = makeRelayHome({ RELAY_OPENAI_BASE_URL: openaiBaseUrl });
  const bin = join(home.dir, 'bin');
  mkdirSync(bin);
  const entry = join(root, 'src-main', 'entry.mjs');
  for (const [name, args] of [
    ['relay', '"$@"'],
    ['npx', '"$@"'],
  ] as const) {
    const start = name === 'npx' ? 'exec' : `exec "${process.execPath}" "${entry}"`;
    writeFileSync(join(bin, name), `#!/bin/sh\n${start} ${args}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  relay = await startRelayProcess(home);
  const { apiKey } = simulator.account('a');
  expect((await runRelay(home, ['accounts', 'add', '--api-key', '-', '--label', 'work'], apiKey)).code).toBe(0);
  expect((await shell(curlOfReadme())).code).toBe(0);
  const api = async (path: string, body?: object): Promise<ApiAnswer> => {
    const { url, apiToken } = relay.announcement;
    const headers = { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}${path}`, {
      headers,
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    return (await answer.json()) as ApiAnswer;
  };
  await vi.waitFor(async () => expect((await api('/api/calls')).calls).toMatchObject([{ status: 'ok' }]));
  // One that may be changed, rotated and revoked.
  ids = {
    key: (await api('/api/keys', { name: 'recipes' })).key.id,
    call: (await api('/api/calls')).calls[0]?.id ?? '',
  };
});
afterAll(async () => {
  relay.kill('SIGKILL');
  await relay.ended;
  await simulator.stop();
  home.remove();
});

const curlOfReadme = (): string =>
  recipes.find(({ where, command }) => where.startsWith('README') && command.startsWith('curl'))?.command ?? '';

/** Runs a command in a shell with its variables; only the port is another one, since 4141 may be taken. */
function shell(command: string): Promise<{ code: number; output: string }> {
  const { url, apiToken, firstKey } = relay.announcement;
  const env = {
    ...home.variables,
    PATH: `${join(home.dir, 'bin')}${delimiter}${process.env['PATH']}`,
    RELAY_KEY: firstKey,
    API_TOKEN: apiToken,
  };
  return new Promise((resolve) => {
    const text = command.replaceAll('http://127.0.0.1:4141', url);
    const child = execFile('bash', ['-c', text], { env, cwd: home.dir, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: `${stdout}${stderr}` }),
    );
    child.stdin?.end(simulator.account('a').apiKey);
  });
}

test('there is a recipe to run on most pages', () => {
  expect(recipes.length).toBeGreaterThan(30);
});

test.each(recipes.filter((recipe) => reasonFor(recipe) === undefined))('$where: $command', async ({ command }) => {
  const known = command.replace(/\bexport call ID\b/, `export call ${ids.call}`).replace(/\bID\b/, ids.key);
  const { code, output } = await shell(known);
  expect([code, code === 0 ? '' : output]).toEqual([0, '']);
  expect(output.slice(0, 200)).not.toMatch(/^\{\s*"error"/);
});

test.each(
  recipes.flatMap((recipe) => ({ ...recipe, reason: reasonFor(recipe) ?? '' })).filter(({ reason }) => reason !== ''),
)('$where: $command is not run here: $reason', ({ command }) => {
  const [first = ''] = command
    .replace(/^npx /, '')
    .replace(/^relay /, '')
    .split(' ');
  expect(commandNames()).toContain(first);
});

const commandNames = (): string[] =>
  readdirSync(join(root, 'src-main', 'cli')).flatMap((name) => /^(\w+)-commands?\.ts$/.exec(name)?.[1] ?? []);

test.skipIf(pythonMissing)('the Python of the README makes a client that is answered', async () => {
  const [, code = ''] = /```python\n(.*?)```/s.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
  writeFileSync(
    join(home.dir, 'recipe.py'),
    `${code.replaceAll('http://127.0.0.1:4141', relay.announcement.url)}\nprint(client.models.list().data[0].id)\n`,
  );
  const { code: exit, output } = await shell(`"${pythonProgram}" recipe.py`);
  expect([exit, output.trim()]).toEqual([0, expect.stringMatching(/^gpt-/)]);
});
