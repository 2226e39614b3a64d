import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Machine } from '../config/data-folder.ts';

/** An app of macOS is started without the PATH of a terminal, where Homebrew stands. */
const elsewhere: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['/opt/homebrew/bin', '/usr/local/bin'],
};

/** Where a program lies on this machine, by its PATH; `null` where it is not installed. */
export function findProgram(name: string, { platform, variables }: Machine): string | null {
  const endings = platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  const folders = (variables['PATH'] ?? '').split(delimiter).filter((each) => each !== '');
  for (const folder of [...folders, ...(elsewhere[platform] ?? [])]) {
    for (const ending of endings) {
      const path = join(folder, name + ending);
      if (isProgram(path)) return path;
    }
  }
  return null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
