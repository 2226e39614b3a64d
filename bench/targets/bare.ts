import { endProcess, nextMessage, startScript } from '../child-process.ts';
import { listeningMessage } from '../listening-message.ts';
import type { TargetKind } from './target.ts';

/** A pass-through of Node's own http modules, in one process. */
export const bare: TargetKind = {
  name: 'bare',
  label: 'bare Node pass-through',
  missing: () => null,
  async start({ upstreamPort, core }) {
    const child = startScript(core, 'targets/bare-server.ts', [String(upstreamPort)]);
    const { port } = listeningMessage.parse(await nextMessage(child));
    return { port, headers: {}, pid: child.pid ?? null, stop: () => endProcess(child) };
  },
};
