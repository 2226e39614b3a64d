import { type CommandResult, runRelay } from '../support/relay-process.ts';
import type { RunningRelay } from '../support/running-relay.ts';

/** `relay connect ...` as a person types it, with the Relay that runs. */
export function connectAt(
  relay: RunningRelay,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  const { dataDir } = relay.relay.status();
  const home = { dir: '', dataDir, remove: () => undefined };
  const env = { PATH: process.env['PATH'], RELAY_HOME: dataDir, ...variables };
  return runRelay({ ...home, variables: env }, ['connect', ...args]);
}
