import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Linux's own (util-linux); `assignCores` says whether it is there. */
const PINNING = 'taskset';

/** Starts a program on one core, or on any where `core` is null. */
export function startOnCore(core: number | null, command: string, args: string[], options: SpawnOptions): ChildProcess {
  return core === null
    ? spawn(command, args, options)
    : spawn(PINNING, ['-c', String(core), command, ...args], options);
}

/** Starts one of the bench's own scripts, to talk to over its message channel. */
export function startScript(core: number | null, script: string, args: string[] = []): ChildProcess {
  const file = new URL(script, import.meta.url).pathname;
  return startOnCore(core, process.execPath, [file, ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

/** The process's next message; an error when it ends instead. */
export function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`a process of the benchmark ended with ${code}`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message);
    });
  });
}

export async function endProcess(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const impatient = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(impatient);
}
