import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where desktops of Linux look for what starts at login (freedesktop.org, Desktop Application Autostart 0.5). */
export function autostartPath(variables: NodeJS.ProcessEnv, home = homedir()): string {
  return join(variables['XDG_CONFIG_HOME'] || join(home, '.config'), 'autostart', 'relay.desktop');
}

/** The file's whole text. `program` and `args` are quoted as the Desktop Entry Specification 1.5 wants it. */
export function autostartText(program: string, args: readonly string[]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Relay',
    'Comment=Starts Relay in the tray; made by its own setting "launch at login"',
    `Exec=${[program, ...args].map(quoted).join(' ')}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    'X-Relay-Autostart=1',
    '',
  ].join('\n');
}

/** In quotes four characters want a backslash, and a string wants each backslash twice; `%` begins a field code. */
function quoted(argument: string): string {
  const escaped = argument
    .replace(/["`$\\]/g, '\\$&')
    .replaceAll('\\', '\\\\')
    .replaceAll('%', '%%');
  return `"${escaped}"`;
}

/** Writes or removes exactly Relay's own file; one of that name that a person has written is left alone. */
export function setAutostart(path: string, text: string | null): void {
  const there = readText(path);
  if (there === text || (there !== null && !there.includes('X-Relay-Autostart=1'))) return;
  if (text === null) return rmSync(path);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o644 });
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
