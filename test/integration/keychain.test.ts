import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

/** Why the real keychain cannot be tried here; `null` where it can. */
const missing = ((): string | null => {
  if (process.platform !== 'linux') return 'a throw-away keyring session exists on Linux only';
  for (const [program, debianPackage] of [
    ['dbus-run-session', 'dbus'],
    ['gnome-keyring-daemon', 'gnome-keyring'],
  ] as const) {
    const found = spawnSync(program, ['--version'], { stdio: 'ignore' });
    if (found.error !== undefined) return `${program} is missing; install it with: apt-get install ${debianPackage}`;
  }
  try {
    createRequire(import.meta.url)('keytar');
    return null;
  } catch {
    return 'keytar is missing or cannot be loaded; install libsecret-1-dev and run: npm ci';
  }
})();
if (missing !== null) console.error(`Skipped, the real keychain: ${missing}`);

const home = mkdtempSync(join(tmpdir(), 'relay-keychain-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const script = join(import.meta.dirname, '../support/keychain-session.ts');
const unlock = 'printf "throw-away\\n" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1;';

/** A session bus and a keyring of their own, which end with the script. */
function inSession(prelude: string, mode: string): unknown {
  const command = `${prelude} exec "$0" "$1" "$2"`;
  const run = spawnSync('dbus-run-session', ['--', 'sh', '-c', command, process.execPath, script, mode], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: process.env['PATH'], HOME: home, XDG_DATA_HOME: home, XDG_RUNTIME_DIR: home, XDG_CACHE_HOME: home },
  });
  const line = run.stdout.split('\n').find((each) => each.startsWith('{'));
  if (line === undefined) throw new Error(`The session said nothing: ${run.stderr}`);
  return JSON.parse(line);
}

describe.skipIf(missing !== null)('the real keychain, in a throw-away gnome-keyring session', () => {
  test('keeps short and long secrets, loses none while the keyring is locked, and moves them to a file and back', {
    timeout: 120_000,
  }, () => {
    const first = inSession(unlock, 'put-and-take');
    const locked = inSession('', 'read');
    const again = inSession(unlock, 'read');
    const moved = inSession(unlock, 'move-and-return');
    expect({ first, locked, again, moved }).toEqual({
      first: {
        store: 'the keychain of the operating system',
        set: [null, null, null],
        read: ['sk-short', true],
        afterDelete: [null, null],
        kept: 'kept',
      },
      locked: {
        store: expect.stringMatching(
          /^none: The OS keychain cannot be used \(.+\)\. Unlock or install a keyring, or start Relay with RELAY_SECRETS=file/,
        ),
        kept: 'secrets_locked',
      },
      again: { store: 'the keychain of the operating system', kept: 'kept' },
      moved: {
        store: 'the keychain of the operating system',
        there: { moved: 1, left: [] },
        away: { in: 'file', keychain: null, value: 'kept' },
        back: { moved: 1, left: [] },
        file: null,
        kept: 'kept',
      },
    });
  });
});
