import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiOperation } from '../../src-renderer/features/docs/open-api.ts';
import { requestRecipes } from '../../src-renderer/features/docs/request-recipes.ts';
import { openApiDocument } from '../../src-shared/contract/openapi.ts';
import { operations } from '../../src-shared/contract/operations/operations.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';

const run = promisify(execFile);

let running: RunningRelay;
beforeAll(async () => {
  running = await startRelay();
});
afterAll(() => running.stop());

const document = openApiDocument(operations, { version: '0', url: '' }) as {
  paths: Record<string, Record<string, Omit<ApiOperation, 'method' | 'path'>>>;
};
const all = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, one]): ApiOperation => ({ ...one, path, method: method.toUpperCase() })),
);

const has = (program: string, argument: string): boolean => spawnSync(program, [argument]).status === 0;
const runners = {
  curl: { missing: process.platform === 'win32' || !has('curl', '--version'), command: ['bash', '-c'] },
  python: { missing: !has('python3', '--version'), command: ['python3', '-c'] },
  node: { missing: false, command: [process.execPath, '--input-type=module', '-e'] },
} as const;

const asked = [
  ['createResponse', 'a body and a Relay key', '"object":"response"'],
  ['listCalls', 'a query and the API token', '"calls":['],
  ['getPublicStatus', 'neither', '"subsystems"'],
] as const;

for (const [language, { missing, command }] of Object.entries(runners)) {
  test.skipIf(missing).each(asked)(
    `the ${language} recipe of %s, with %s, runs as it is shown`,
    async (id, _, expected) => {
      const operation = all.find(({ operationId }) => operationId === id);
      if (operation === undefined) throw new Error(`There is no operation ${id}.`);
      const recipe = requestRecipes(operation, running.url)[language as keyof typeof runners];
      const [program, ...before] = command;
      const env = { ...process.env, RELAY_KEY: running.key, RELAY_API_TOKEN: running.apiToken };
      const { stdout } = await run(program, [...before, recipe], { env });
      expect(stdout).toContain(expected);
    },
  );
}

test('every operation has a recipe in every language, with nothing left to be filled in but its key', () => {
  for (const operation of all) {
    for (const recipe of Object.values(requestRecipes(operation, 'http://127.0.0.1:4141'))) {
      const [, address = ''] = /(http:\/\/127\.0\.0\.1:4141[^'"]*)/.exec(recipe) ?? [];
      expect(URL.canParse(address) && !/[{}]/.test(address), recipe).toBe(true);
    }
  }
});

test('a body with quotes in it is one argument of the shell', () => {
  const operation = {
    ...{ operationId: 'x', tags: [], summary: '', description: '', security: [], parameters: [], responses: {} },
    requestBody: { required: true, content: { 'application/json': { schema: {}, example: { text: `it's "so"` } } } },
    ...{ method: 'POST', path: '/x' },
  };
  expect(requestRecipes(operation, 'http://h').curl).toBe(
    `curl 'http://h/x' \\\n  -H "Content-Type: application/json" \\\n  -d '{"text":"it'\\''s \\"so\\""}'`,
  );
});
