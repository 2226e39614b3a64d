import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where the Codex CLI may keep its login: CODEX_HOME, ~/.codex, and what the person named. Absolute, each once. */
export function codexHomes(
  further: readonly string[],
  variables: NodeJS.ProcessEnv = process.env,
  homeDir = homedir(),
): string[] {
  const given = variables['CODEX_HOME']?.trim() ?? '';
  const homes = [...(given === '' ? [] : [given]), join(homeDir, '.codex'), ...further];
  return [...new Set(homes.map((home) => resolve(homeDir, home.replace(/^~(?=[/\\]|$)/, homeDir))))];
}
