import type { ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Comes back when the process takes connections; throws when it ends first or takes longer than `limitMs`. */
export async function waitForPort(child: ChildProcess, port: number, limitMs: number): Promise<void> {
  for (const until = Date.now() + limitMs; Date.now() < until; await sleep(20)) {
    if (child.exitCode !== null) throw new Error(`it ended at once with code ${child.exitCode}`);
    if (await takesConnections(port)) return;
  }
  throw new Error(`it took no connections within ${limitMs} ms`);
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
