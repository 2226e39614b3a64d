import { aiderSetup } from './aider-setup.ts';
import { codexSetup } from './codex-setup.ts';
import { continueSetup } from './continue-setup.ts';
import { opencodeSetup } from './opencode-setup.ts';
import type { ClientSetup } from './setup.ts';
import { vscodeSetup } from './vscode-setup.ts';
import { zedSetup } from './zed-setup.ts';

/** The clients that Relay sets up by itself. */
export const clientSetups: readonly ClientSetup[] = [
  codexSetup,
  opencodeSetup,
  vscodeSetup,
  continueSetup,
  zedSetup,
  aiderSetup,
];
