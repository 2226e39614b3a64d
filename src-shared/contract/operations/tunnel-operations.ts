import { json, type Operation } from '../operation.ts';
import { tunnelOpenedSchema, tunnelSchema, tunnelStartSchema } from '../tunnel.ts';

const tunnel = { tag: 'Tunnel', access: 'api', path: '/api/tunnel' } as const;
const asItIs = json('Tunnel', tunnelSchema, 'The tunnel as it is now.');

export const tunnelOperations: readonly Operation[] = [
  {
    ...tunnel,
    method: 'get',
    id: 'getTunnel',
    summary: 'Whether the tunnel is open',
    description: 'Where it leads, until when, and which programs that can open one are installed.',
    answers: [asItIs],
    etag: 'read',
  },
  {
    ...tunnel,
    method: 'post',
    id: 'openTunnel',
    summary: 'Open the tunnel',
    description:
      'A public https address through cloudflared or tailscale funnel. Only /v1 is reached there, with a new key of its own that has limits and an end. The key is shown this once.',
    body: { name: 'TunnelStart', schema: tunnelStartSchema, example: { via: 'cloudflared' }, optional: true },
    answers: [json('TunnelOpened', tunnelOpenedSchema, 'The tunnel and its key.', 201)],
    errors: [404, 409, 502, 504],
    idempotent: true,
  },
  {
    ...tunnel,
    method: 'delete',
    id: 'closeTunnel',
    summary: 'Close the tunnel',
    description: 'The program is ended and the key revoked. May be repeated.',
    answers: [asItIs],
  },
];
