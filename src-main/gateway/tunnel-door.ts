import type { RequestHandler } from 'express';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { createGatewayHandler, type GatewayHandlerPorts } from './gateway-handler.ts';
import { givenSecret } from './identify-caller.ts';
import type { ServerCarePorts } from './server-care.ts';
import { createSideServer } from './side-server.ts';

export interface TunnelDoorPorts extends GatewayHandlerPorts, ServerCarePorts {
  /** The key that a secret belongs to, where it is valid now. */
  readonly keyOf: (secret: string) => { readonly id: string } | null;
}

/**
 * Where a tunnel leads to: a listener of its own, so that whatever comes through a tunnel, under whatever name and headers, can
 * reach /v1 and nothing else of Relay. It takes the tunnel's public name alone as Host, and its one key alone. What the tunnel
 * adds to a request (Forwarded, X-Forwarded-For, Cf-*, Tailscale-*) says nothing about who that is.
 */
export function createTunnelDoor(ports: TunnelDoorPorts) {
  let admitted: { readonly host: string; readonly keyId: string } | null = null;

  const guard: RequestHandler = (request, _response, next) => {
    if (admitted === null || nameOf(request.headers.host) !== admitted.host) throw new RelayError('forbidden_host');
    const secret = givenSecret(request.headers);
    // One answer for all: whoever tries keys from outside learns nothing about those that are valid here.
    if (secret == null || ports.keyOf(secret)?.id !== admitted.keyId) {
      throw new RelayError('invalid_api_key', { message: 'Through the tunnel only its own key is taken.' });
    }
    if (!request.path.startsWith('/v1/')) {
      throw new RelayError('not_found', { message: 'Only /v1 is reached through the tunnel.' });
    }
    next();
  };
  const server = createSideServer([guard, createGatewayHandler(ports)], ports);
  return {
    /** Resolves with its port. Everybody is refused until `admit`. */
    open: (): Promise<number> => server.listen(0),
    admit(host: string, keyId: string): void {
      admitted = { host: host.toLowerCase(), keyId };
    },
    async close(): Promise<void> {
      admitted = null;
      await server.close();
    },
  };
}

/** A Host header without its port. */
const nameOf = (host: string | undefined): string | null => host?.toLowerCase().replace(/:\d{1,5}$/, '') ?? null;
