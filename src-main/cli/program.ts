import { Command } from 'commander';
import { relayVersion } from '../config/package-info.ts';
import { accountsCommand } from './accounts-command.ts';
import { budgetsCommand } from './budgets-command.ts';
import { connectCommand } from './connect-command.ts';
import { demoCommand } from './demo-command.ts';
import { doctorCommand } from './doctor-command.ts';
import { errorsCommand } from './errors-command.ts';
import { keysCommand } from './keys-command.ts';
import { loginCommand } from './login-command.ts';
import { logsCommand } from './logs-command.ts';
import { ollamaCommand } from './ollama-command.ts';
import { openCommand } from './open-command.ts';
import { pauseCommand } from './pause-command.ts';
import { backupCommand, exportCommand, importSettingsCommand } from './portable-commands.ts';
import { rehearseCommand } from './rehearse-command.ts';
import { routeCommand } from './route-command.ts';
import { secretsCommand } from './secrets-command.ts';
import { serveCommand } from './serve-command.ts';
import { statusCommand } from './status-command.ts';
import type { Terminal } from './terminal.ts';
import { tunnelCommand } from './tunnel-command.ts';
import { usageCommand } from './usage-command.ts';

/** The whole command line. It throws CommanderError for help and wrong usage instead of ending the process. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('relay')
    .description('one local endpoint in front of all your ChatGPT/Codex logins and API keys')
    .version(relayVersion)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
    });
  for (const add of [
    serveCommand,
    demoCommand,
    loginCommand,
    accountsCommand,
    keysCommand,
    budgetsCommand,
    secretsCommand,
    pauseCommand,
    logsCommand,
    usageCommand,
    errorsCommand,
    rehearseCommand,
    routeCommand,
    connectCommand,
    tunnelCommand,
    ollamaCommand,
    doctorCommand,
    statusCommand,
    exportCommand,
    importSettingsCommand,
    backupCommand,
    openCommand,
  ]) {
    add(program, terminal);
  }
  return program;
}
