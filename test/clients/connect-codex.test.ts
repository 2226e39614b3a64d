import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { codexMissing, createCodex } from './codex-cli.ts';
import { relayOf, served, signedInCodex, upstreamRequests } from './codex-scene.ts';
import { connectAt } from './connect-scene.ts';

/** A config as people have it: comments, their own order, a table that stays last. */
const ownConfig = `
# my model
model = "gpt-5.5"   # the quick one

[projects."/tmp"]   # trusted
trust_level = "trusted"

[mcp_servers]
# none yet
`;

describe.skipIf(codexMissing !== null)('relay connect codex', () => {
  test('gives a Codex CLI without a login a key of its own, and takes all of it back', async () => {
    const relay = await relayOf();
    const codex = await createCodex({ config: ownConfig });
    onTestFinished(() => codex.close());
    const path = join(codex.home, 'config.toml');
    const before = await readFile(path);
    await chmod(path, 0o640);
    const home = { CODEX_HOME: codex.home, HOME: codex.home };

    const connected = await connectAt(relay, ['codex'], home);
    const run = await codex.exec('sim:shell echo ran-$((40+2))');
    const { mode } = await stat(path);
    const calls = await relay.calls();
    const undone = await connectAt(relay, ['codex', '--undo'], home);

    expect(connected).toMatchObject({ code: 0, stdout: expect.stringContaining('+model_provider = "relay"') });
    expect(connected.stdout + connected.stderr).not.toMatch(/sk-relay-/);
    expect(run).toMatchObject({ exitCode: 0, complaints: [], commandOutputs: ['ran-42\n'] });
    expect(calls.map((call) => [call.keyName, call.client, call.status])).toEqual(
      Array(2).fill(['Codex', 'Codex CLI 0.169.0', 'ok']),
    );
    expect(mode & 0o777).toBe(0o640);
    expect(undone).toMatchObject({ code: 0, stdout: expect.stringContaining('as they were before') });
    expect((await readFile(path)).equals(before)).toBe(true);
    expect(relay.relay.keys.list().map(({ name, revokedAt }) => [name, revokedAt !== null])).toEqual([
      ['test', false],
      ['Codex', true],
    ]);
    expect(codex.strayHosts).toEqual([]);
    expect(relay.logged).toEqual([]);
  });

  test('leaves a linked login its provider, so that sessions from before are still listed, and never writes auth.json', async () => {
    const relay = await relayOf();
    // Before it is connected, the CLI reaches Relay as its user has set it up by hand.
    const byHand = `openai_base_url = "${relay.url}/v1"\nchatgpt_base_url = "${relay.url}/backend-api/"\n`;
    const codex = await signedInCodex(relay, `${byHand}${ownConfig}`);
    const [path, auth] = [join(codex.home, 'config.toml'), join(codex.home, 'auth.json')];
    const first = await codex.exec('sim:say first');
    const home = { CODEX_HOME: codex.home, HOME: codex.home };
    const plain = (await readFile(path, 'utf8')).replace(byHand, '');
    await writeFile(path, plain);
    const authBefore = await readFile(auth);
    const authStat = await stat(auth);

    const connected = await connectAt(relay, ['codex', '--json'], home);
    const resumed = await codex.exec('sim:say second', ['resume', '--last']);
    const listed = (await codex.ask('thread/list', { sourceKinds: ['exec'] })) as { data: { id: string }[] };
    const undone = await connectAt(relay, ['codex', '--undo'], home);

    expect(JSON.parse(connected.stdout)).toMatchObject({ sends: 'login', keyId: null, check: { ok: true } });
    expect(resumed).toMatchObject({ exitCode: 0, complaints: [], messages: ['second'], threadId: first.threadId });
    expect(listed.data.map(({ id }) => id)).toContain(first.threadId);
    expect((await relay.calls()).map(served)).toMatchObject(Array(2).fill({ status: 'ok', accountLabel: 'a' }));
    expect(upstreamRequests(relay)).toEqual(['a 200', 'a 200']);
    expect(undone.code).toBe(0);
    expect(await readFile(path, 'utf8')).toBe(plain);
    expect((await readFile(auth)).equals(authBefore)).toBe(true);
    expect((await stat(auth)).ino).toBe(authStat.ino);
    expect(codex.strayHosts).toEqual([]);
  });
});
