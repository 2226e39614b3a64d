import { CommanderError } from 'commander';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { escapeControls } from '../log/control-characters.ts';
import { redact } from '../log/redact.ts';
import { createProgram } from './program.ts';
import { Refused } from './refused.ts';
import type { Terminal } from './terminal.ts';

/** Runs one command. Answers its exit code: 0 done, 1 refused or failed, 2 wrong usage. */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  try {
    await createProgram(terminal).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has said what it had to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    terminal.note(escapeControls(redact(sentenceOf(error))));
    return error instanceof Refused ? error.exitCode : 1;
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof RelayError || error instanceof Refused) return error.message;
  return `Something went wrong inside Relay: ${error instanceof Error ? error.message : String(error)}`;
}
