import type { IncomingMessage } from 'node:http';
import { identifyCaller } from './identify-caller.ts';
import { checkEndpoint } from './key-scope.ts';
import type { CallerIdentity, GatewayPorts } from './ports.ts';

/** Whose WebSocket this is now. Throws what a request over HTTP is refused with. */
export async function socketCaller(
  upgrade: IncomingMessage,
  { callers }: Pick<GatewayPorts, 'callers'>,
): Promise<CallerIdentity> {
  const identity = await identifyCaller(upgrade, callers);
  checkEndpoint(identity, 'responses');
  return identity;
}
