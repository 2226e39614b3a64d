import { ollamaSchema } from '../../src-shared/contract/ollama.ts';
import { type TunnelStart, tunnelOpenedSchema, tunnelSchema } from '../../src-shared/contract/tunnel.ts';
import { ask } from './client.ts';

export const getTunnel = () => ask(tunnelSchema, '/api/tunnel');
/** The only answer that holds the tunnel's key. Takes as long as the program that opens it. */
export const openTunnel = (body: TunnelStart) => ask(tunnelOpenedSchema, '/api/tunnel', { method: 'POST', body });
export const closeTunnel = () => ask(tunnelSchema, '/api/tunnel', { method: 'DELETE' });

export const getOllama = () => ask(ollamaSchema, '/api/ollama');
