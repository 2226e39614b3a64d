import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { relayOf } from './codex-scene.ts';
import { connectAt } from './connect-scene.ts';
import { createOpencode, opencodeMissing } from './opencode-cli.ts';

const ownConfig = `{
  // what I like
  "$schema": "https://opencode.ai/config.json",
  "autoupdate": false,
  "permission": { "bash": "allow" }, // all of it
}
`;

describe.skipIf(opencodeMissing !== null)('relay connect opencode', () => {
  test('has the real OpenCode stream and call a tool through Relay, and takes all of it back', async () => {
    const relay = await relayOf({ accounts: [{ name: 'a', kind: 'chatgpt', models: ['gpt-5.5', 'gpt-5.4'] }] });
    const opencode = await createOpencode();
    onTestFinished(() => opencode.close());
    const folder = join(opencode.home, '.config', 'opencode');
    const path = join(folder, 'opencode.jsonc');
    await mkdir(folder, { recursive: true });
    await writeFile(path, ownConfig);

    const connected = await connectAt(relay, ['opencode', '--json'], { HOME: opencode.home });
    expect({ code: connected.code, ...JSON.parse(connected.stdout) }).toMatchObject({
      code: 0,
      check: { ok: true },
      sends: 'key',
    });
    const run = await opencode.run('sim:call bash {"command":"echo ran-$((40+2))","description":"prints"}');
    const calls = await relay.calls();
    const written = await readFile(path, 'utf8');
    const undone = await connectAt(relay, ['opencode', '--undo'], { HOME: opencode.home });

    expect(written).toContain('// all of it');
    expect(run.exitCode, run.stderr).toBe(0);
    const tools = run.events.filter(({ type }) => type === 'tool_use');
    expect(tools.map(({ part }) => [part?.tool, part?.state?.output?.trim()])).toEqual([['bash', 'ran-42']]);
    const text = run.events.filter(({ type }) => type === 'text').map(({ part }) => part?.text);
    expect(text.join('')).toContain('ran-42');
    // The title of the session is a call of its own, with the smaller model.
    expect(
      calls
        .filter(({ modelAsked }) => modelAsked === 'gpt-5.5')
        .map(({ endpoint, stream, status, keyName }) => [endpoint, stream, status, keyName]),
    ).toEqual(Array(2).fill(['responses', true, 'ok', 'OpenCode']));
    expect(calls.every(({ client, status }) => client?.startsWith('OpenCode') && status === 'ok')).toBe(true);
    expect(undone.code).toBe(0);
    expect(await readFile(path, 'utf8')).toBe(ownConfig);
    expect(relay.logged).toEqual([]);
  });
});
