import type { IncomingMessage, ServerResponse } from 'node:http';
import { identifyCaller } from './identify-caller.ts';
import type { GatewayPorts } from './ports.ts';
import { sendJson } from './send-json.ts';

/** GET .../wham/usage: the pool's quota in the place where Codex looks for its own (PROTOCOL 6.4). */
export function createUsageEndpoint(ports: GatewayPorts) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    await identifyCaller(request, ports.callers);
    sendJson(request, response, 200, ports.pool.usage(), { 'x-request-id': ports.newId() });
  };
}

/** GET .../wham/accounts/check: one workspace, the one that the client's login names (PROTOCOL 6.2). */
export function createAccountsCheckEndpoint(ports: GatewayPorts) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    await identifyCaller(request, ports.callers);
    const account = request.headers['chatgpt-account-id'];
    const body = ports.pool.accountsCheck(typeof account === 'string' ? account : null);
    sendJson(request, response, 200, body, { 'x-request-id': ports.newId() });
  };
}
