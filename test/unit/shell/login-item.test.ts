import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { autostartPath, autostartText, setAutostart } from '../../../src-main/shell/autostart-file.ts';
import { createFakeElectron } from '../../support/fake-electron.ts';

const electron = createFakeElectron();
vi.doMock('electron', () => electron.module);
const { setLaunchAtLogin, startsHidden } = await import('../../../src-main/shell/login-item.ts');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'relay-autostart-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  electron.reset();
});

const as = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv = {}) => ({
  ...{ platform, env: { XDG_CONFIG_HOME: folder, ...env }, execPath: '/opt/Relay/relay' },
});

test('on Linux it is a file among those that start at login, in the folder of the person', () => {
  expect(autostartPath({ XDG_CONFIG_HOME: '/x' }, '/home/me')).toBe('/x/autostart/relay.desktop');
  expect(autostartPath({}, '/home/me')).toBe('/home/me/.config/autostart/relay.desktop');
  setLaunchAtLogin(true, as('linux'));
  expect(readFileSync(join(folder, 'autostart', 'relay.desktop'), 'utf8')).toBe(`[Desktop Entry]
Type=Application
Name=Relay
Comment=Starts Relay in the tray; made by its own setting "launch at login"
Exec="/opt/Relay/relay" "--hidden"
Terminal=false
X-GNOME-Autostart-enabled=true
X-Relay-Autostart=1
`);
  setLaunchAtLogin(true, as('linux', { APPIMAGE: '/home/me/Relay 1.AppImage' }));
  expect(readFileSync(join(folder, 'autostart', 'relay.desktop'), 'utf8')).toContain(
    'Exec="/home/me/Relay 1.AppImage" "--hidden"\n',
  );
  setLaunchAtLogin(false, as('linux'));
  setLaunchAtLogin(false, as('linux'));
  expect(readdirSync(join(folder, 'autostart'))).toEqual([]);
});

test('a file of that name that somebody else has written is left as it is', () => {
  const path = join(folder, 'autostart', 'relay.desktop');
  mkdirSync(dirname(path));
  writeFileSync(path, '[Desktop Entry]\nExec=something-else\n');
  setAutostart(path, autostartText('/opt/relay', []));
  setAutostart(path, null);
  expect(readFileSync(path, 'utf8')).toBe('[Desktop Entry]\nExec=something-else\n');
});

test('whatever a program is called, its line means exactly that program', () => {
  const name = fc.string({ unit: fc.constantFrom(...'ab /\\"`$%; \'é'), minLength: 1 });
  fc.assert(
    fc.property(name, (program) => {
      const line = /^Exec=(.*)$/m.exec(autostartText(program, ['--hidden']))?.[1] ?? '';
      // The specification's own order: the string's escapes, then the quotes, then the field codes.
      const unescaped = line.replaceAll('\\\\', '\\');
      const match = /^"((?:[^"`$\\]|\\["`$\\])*)" "--hidden"$/.exec(unescaped);
      expect(match?.[1]?.replace(/\\(.)/g, '$1').replaceAll('%%', '%')).toBe(program);
    }),
  );
});

test('elsewhere it is a setting of the system', () => {
  setLaunchAtLogin(true, as('darwin'));
  expect(electron.state.loginItem).toEqual({ openAtLogin: true });
  setLaunchAtLogin(false, as('win32'));
  expect(electron.state.loginItem).toEqual({ openAtLogin: false, path: '/opt/Relay/relay', args: ['--hidden'] });
});

test('who starts it at login, or says so, gets no window', () => {
  expect([
    startsHidden(['relay', '--hidden'], 'linux'),
    startsHidden(['relay'], 'linux'),
    startsHidden(['Relay'], 'darwin'),
  ]).toEqual([true, false, false]);
  electron.state.openedAtLogin = true;
  expect([startsHidden(['Relay'], 'darwin'), startsHidden(['relay'], 'linux')]).toEqual([true, false]);
});
