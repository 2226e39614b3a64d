import { runCli } from './cli/run-cli.ts';
import { createTerminal } from './cli/terminal.ts';

const exitCode = await runCli(process.argv.slice(2), createTerminal());
// Not left to the event loop: a command that failed halfway may have left a thread or a timer behind.
process.stdout.write('', () => process.exit(exitCode));
