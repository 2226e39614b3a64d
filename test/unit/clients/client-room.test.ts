import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startRoom } from './room-under-test.ts';

/** Settings as people have them, with what a careless editor loses. */
const samples: Readonly<Record<string, { path: string; text: string }>> = {
  codex: { path: '.codex/config.toml', text: '# mine\r\nmodel = "gpt-5.5"\r\n\r\n[profiles.x]\r\nmodel = "a" # b' },
  opencode: { path: '.config/opencode/opencode.json', text: '{"theme":"x", // mine\n "model":"anthropic/claude"}' },
  vscode: {
    path: '.config/Code/User/chatLanguageModels.json',
    text: '[\n\t{\n\t\t"name": "Mine",\n\t\t"vendor": "ollama"\n\t}\n]\n',
  },
  continue: {
    path: '.continue/config.yaml',
    text: 'name: Mine\nversion: 0.0.1\nschema: v1\nmodels:\n- name: own   # keep\n  provider: ollama\n  model: "x"\n\nrules: [a,   b]\n',
  },
  zed: { path: '.config/zed/settings.json', text: '// Zed settings\n{\n  "vim_mode": true, // yes\n}\n' },
  aider: { path: '.aider.conf.yml', text: '# sample\nmodel: sonnet\ndark-mode:   true\n' },
};
const clients = Object.keys(samples);

describe.each(clients)('%s', (client) => {
  const { path, text } = samples[client]!;

  test('is connected, the second time without a change, and taken back byte for byte', async () => {
    const at = startRoom();
    at.put(path, text);
    const connected = await at.room.connect(client);
    const written = at.read(path);
    const again = await at.room.connect(client);

    expect(connected).toMatchObject({ client, sends: 'key', keyId: 'key_1', check: { ok: true } });
    expect(connected.changes.map((change) => change.path)).toEqual([at.at(path)]);
    expect(written).toContain('127.0.0.1:4141/v1');
    expect(again.changes).toEqual([]);
    expect(at.read(path)).toBe(written);
    expect(at.keys.map(({ name, revokedAt }) => [name, revokedAt])).toEqual([[expect.any(String), null]]);

    const undone = await at.room.undo(client);
    expect(at.read(path)).toBe(text);
    expect(undone).toMatchObject({ files: [{ outcome: 'exact', kept: [] }], keyRevoked: true });
    expect(at.keys.map(({ revokedAt }) => revokedAt)).toEqual([2]);
    expect(readdirSync(join(at.dataDir, 'clients'))).toEqual([]);
  });

  test('is connected where it has no settings yet, and leaves none behind', async () => {
    const at = startRoom();
    await at.room.connect(client);
    expect(statSync(at.at(path)).mode & 0o777).toBe(0o600);
    const undone = await at.room.undo(client);
    expect(undone.files).toEqual([{ path: at.at(path), outcome: 'removed', kept: [] }]);
    expect(readdirSync(at.home)).toEqual([]);
  });

  test('shows no key in what would change, and changes nothing by showing it', async () => {
    const at = startRoom();
    at.put(path, text);
    const planned = await at.room.plan(client);
    const connected = await at.room.connect(client);
    const undone = await at.room.undo(client);
    expect(planned.changes).toHaveLength(1);
    expect(JSON.stringify([planned, connected.changes, undone])).not.toMatch(/sk-relay-\d/);
    expect(at.keys).toHaveLength(1);
  });
});

test('what the person adds after connecting stays when it is taken back', async () => {
  const at = startRoom();
  const { path, text } = samples['codex']!;
  at.put(path, text);
  await at.room.connect('codex');
  writeFileSync(at.at(path), at.read(path).replace('model = "gpt-5.5"', 'model = "gpt-6-sol" # better'));
  const undone = await at.room.undo('codex');
  expect(undone).toMatchObject({
    files: [{ outcome: 'merged', kept: [] }],
    sentence: expect.stringContaining('only what Relay wrote'),
  });
  expect(at.read(path).trim()).toBe(text.replace('model = "gpt-5.5"', 'model = "gpt-6-sol" # better').trim());
});

test('what the person changes in Relay’s own lines is theirs, and is named', async () => {
  const at = startRoom();
  await at.room.connect('aider');
  writeFileSync(
    at.at('.aider.conf.yml'),
    at.read('.aider.conf.yml').replace('http://127.0.0.1:4141/v1', 'http://mine/v1'),
  );
  expect((await at.room.list()).clients.find(({ id }) => id === 'aider')).toMatchObject({ state: 'changed' });
  const undone = await at.room.undo('aider');
  expect(undone.files).toEqual([{ path: at.at('.aider.conf.yml'), outcome: 'merged', kept: ['openai-api-base'] }]);
  expect(undone.sentence).toContain('openai-api-base');
  expect(at.read('.aider.conf.yml')).toBe('openai-api-base: http://mine/v1\n');
});

test('a link stays a link, its file keeps its mode, and the copy from before is for this user only', async () => {
  const at = startRoom();
  at.put('dotfiles/codex.toml', 'model = "m"\n');
  chmodSync(at.at('dotfiles/codex.toml'), 0o664);
  mkdirSync(at.at('.codex'));
  symlinkSync('../dotfiles/codex.toml', at.at('.codex/config.toml'));
  await at.room.connect('codex');
  expect(lstatSync(at.at('.codex/config.toml')).isSymbolicLink()).toBe(true);
  expect(statSync(at.at('dotfiles/codex.toml')).mode & 0o777).toBe(0o664);
  expect(at.read('dotfiles/codex.toml')).toContain('model_provider');
  expect(readdirSync(at.at('dotfiles'))).toEqual(['codex.toml']);
  const folder = join(at.dataDir, 'clients');
  const kept = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777);
  expect([statSync(folder).mode & 0o777, ...kept]).toEqual([0o700, 0o600, 0o600]);
  expect(readFileSync(join(folder, 'codex.json'), 'utf8')).not.toContain('sk-relay');
});

test('a file that is not valid, or not text, is left alone, and no key is made for it', async () => {
  const at = startRoom();
  at.put('.codex/config.toml', 'model = = 1\n');
  await expect(at.room.connect('codex')).rejects.toThrow(/was left as it is. It is not valid TOML/);
  mkdirSync(at.at('.config/opencode'), { recursive: true });
  writeFileSync(at.at('.config/opencode/opencode.json'), Buffer.from([0x7b, 0xff, 0x7d]));
  await expect(at.room.connect('opencode')).rejects.toThrow('not UTF-8');
  expect(at.read('.codex/config.toml')).toBe('model = = 1\n');
  expect(at.keys).toEqual([]);
  expect(existsSync(join(at.dataDir, 'clients'))).toBe(false);
});

test('a file that somebody broke after connecting is left alone too, with the way to the copy', async () => {
  const at = startRoom();
  at.put('.codex/config.toml', 'model = "m"\n');
  await at.room.connect('codex');
  writeFileSync(at.at('.codex/config.toml'), 'oops [');
  await expect(at.room.undo('codex')).rejects.toThrow(/A copy from before Relay changed it is at .*codex\..*\.before/);
  expect(at.read('.codex/config.toml')).toBe('oops [');
  expect((await at.room.list()).clients.find(({ id }) => id === 'codex')?.state).toBe('changed');
});

test('a revoked key is replaced, and an old address by the new one', async () => {
  const at = startRoom();
  const { path, text } = samples['codex']!;
  at.put(path, text);
  const stateOf = async () => (await at.room.list()).clients.find(({ id }) => id === 'codex')?.state;
  await at.room.connect('codex');
  const states = [await stateOf()];
  at.state.url = 'http://127.0.0.1:5000';
  states.push(await stateOf());
  at.keys[0] = { ...at.keys[0]!, revokedAt: 5 };
  states.push(await stateOf());
  const again = await at.room.connect('codex');
  states.push(await stateOf());
  expect(states).toEqual(['connected', 'elsewhere', 'key-refused', 'connected']);
  expect(again).toMatchObject({ keyId: 'key_2', check: { ok: true } });
  expect(at.read(path)).toContain(at.secretOf('key_2'));
  expect(at.read(path)).not.toContain(at.secretOf('key_1'));
  await at.room.undo('codex');
  expect(at.read(path)).toBe(text);
});

test('a Codex login that Relay takes keeps its provider, also the second time', async () => {
  const at = startRoom();
  const text = 'model_provider = "mine"\n[model_providers.mine]\nname = "x"\n';
  at.put('.codex/config.toml', text);
  at.put('.codex/auth.json', JSON.stringify({ tokens: { access_token: 'eyJ.login' } }));
  at.logins.add('eyJ.login');
  const connected = await at.room.connect('codex');
  const again = await at.room.connect('codex');
  expect([connected.sends, connected.keyId, connected.check.ok, again.changes]).toEqual(['login', null, true, []]);
  expect(at.read('.codex/config.toml')).toContain('model_provider = "openai"');
  expect(at.read('.codex/auth.json')).toBe('{"tokens":{"access_token":"eyJ.login"}}');
  await at.room.undo('codex');
  expect(at.read('.codex/config.toml')).toBe(text);
  expect(at.keys).toEqual([]);
});

test('a login that Relay does not take gets a key, and the person is told what that hides', async () => {
  const at = startRoom();
  at.put('.codex/auth.json', JSON.stringify({ tokens: { access_token: 'eyJ.other' } }));
  const { sends, notes } = await at.room.connect('codex');
  expect(sends).toBe('key');
  expect(notes.join(' ')).toMatch(/sessions of the provider in use.*relay accounts import --yes/s);
});

test('Zed takes its key from the person only: it is shown once', async () => {
  const at = startRoom();
  const first = await at.room.connect('zed');
  const second = await at.room.connect('zed');
  expect([first.secret, second.secret]).toEqual([at.secretOf('key_1'), null]);
  expect(at.read('.config/zed/settings.json')).not.toContain('sk-relay');
  expect(first.steps).toHaveLength(1);
});

test('an older config.json of Continue is not hidden by a new config.yaml', async () => {
  const at = startRoom();
  at.put('.continue/config.json', '{"models": [{"title": "mine"}], "x": 1}');
  await at.room.connect('continue');
  expect(JSON.parse(at.read('.continue/config.json'))).toMatchObject({
    models: [{ title: 'mine' }, { title: 'Relay', apiBase: 'http://127.0.0.1:4141/v1' }],
    x: 1,
  });
  expect(existsSync(at.at('.continue/config.yaml'))).toBe(false);
});

test('clients that Relay cannot write are shown with what to copy, and a recipe makes a key', async () => {
  const at = startRoom();
  const { clients: all } = await at.room.list();
  expect(all.filter(({ setup }) => setup === 'copy').map(({ id }) => id)).toEqual([
    'cline',
    'cursor',
    'jetbrains',
    'xcode',
    'open-webui',
    'raycast',
    'python',
    'node',
    'curl',
  ]);
  expect(all.every(({ recipe }) => recipe.text.length > 0 && !/sk-relay-\d/.test(recipe.text))).toBe(true);
  const made = await at.room.recipe('cursor');
  expect(made).toMatchObject({
    client: 'cursor',
    keyId: 'key_1',
    recipe: { note: expect.stringContaining('refuse addresses of this machine') },
  });
  expect(made.recipe.text).toContain(made.secret);
  await expect(at.room.connect('cursor')).rejects.toThrow('relay connect cursor');
  await expect(at.room.connect('emacs')).rejects.toThrow('does not know');
  await expect(at.room.undo('codex')).rejects.toThrow('nothing to undo');
});
