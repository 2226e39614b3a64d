import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makeRelayHome, runRelay } from '../support/relay-process.ts';

const entry = fileURLToPath(new URL('../../src-main/entry.mjs', import.meta.url));
const home = makeRelayHome();
/** Who has the port that the demo would take. */
let holder: Server;
beforeAll(async () => {
  holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  holder.close();
  home.remove();
});

test('what the demo prints works as it is written, also while a Relay of one’s own has the port', async () => {
  const { port } = holder.address() as { port: number };
  const child = spawn(process.execPath, [entry, 'demo'], {
    env: { ...home.variables, RELAY_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  try {
    await vi.waitFor(() => expect(printed).toMatch(/End it .*\n/), 25_000);
    const [, url = '', key = ''] = /Try it +curl (\S+) -H "Authorization: Bearer (\S+)"/.exec(printed) ?? [];
    const [, body = ''] = /-d '(.*)'/.exec(printed) ?? [];
    const answer = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body,
    });
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('response.completed')]);
    const [, dataDir = ''] = /RELAY_HOME=(\S+)/.exec(printed) ?? [];
    const listed = await runRelay({ ...home, variables: { ...home.variables, RELAY_HOME: dataDir } }, [
      'open',
      '--json',
    ]);
    expect([new URL(JSON.parse(listed.stdout).dashboardUrl).origin, existsSync(dataDir)]).toEqual([
      new URL(url).origin,
      true,
    ]);
    child.kill('SIGTERM');
    expect([await ended, existsSync(dataDir)]).toEqual([0, false]);
  } finally {
    child.kill('SIGKILL');
  }
});
