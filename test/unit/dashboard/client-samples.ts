import type { ClientsPort, TunnelPort } from '../../../src-main/dashboard/ports.ts';
import type { ClientCheck, ClientPlan, ClientView } from '../../../src-shared/contract/client.ts';
import type { TunnelView } from '../../../src-shared/contract/tunnel.ts';
import { startAt } from './samples.ts';

export const clientView: ClientView = {
  id: 'codex',
  name: 'Codex',
  setup: 'automatic',
  installed: true,
  version: '0.169.0',
  files: ['/home/me/.codex/config.toml'],
  state: 'connected',
  detail: null,
  connectedAt: startAt,
  keyId: 'key_1',
  recipe: { place: '~/.codex/config.toml', language: 'toml', text: 'model_provider = "relay"', note: null },
};

export const clientPlan: ClientPlan = { client: 'codex', changes: [], sends: 'key', notes: [], steps: [] };

export const clientCheck: ClientCheck = { ok: true, sentence: 'Relay answers.' };

export const fakeClients = (
  note: (...words: unknown[]) => void,
  only: (id: string, known: string) => void,
): ClientsPort => ({
  list: async () => ({ baseUrl: 'http://127.0.0.1:4141/v1', models: [], clients: [clientView] }),
  seen: async () => ({ lookedAt: 0, clients: [] }),
  plan: async (id) => {
    only(id, 'codex');
    return clientPlan;
  },
  connect: async (id) => {
    only(id, 'codex');
    note('connect', id);
    return { ...clientPlan, keyId: 'key_1', secret: null, check: clientCheck };
  },
  undo: async (id) => {
    only(id, 'codex');
    note('undo', id);
    return { client: id, files: [], keyRevoked: true, sentence: 'Codex is disconnected.' };
  },
  verify: async (id) => {
    only(id, 'codex');
    return clientCheck;
  },
  recipe: async (id) => {
    only(id, 'codex');
    note('recipe', id);
    return { client: id, keyId: 'key_1', secret: 'rk_secret', recipe: clientView.recipe };
  },
});

const closedTunnel: TunnelView = {
  ...{ state: 'off', via: null, baseUrl: null, keyId: null, openedAt: null, expiresAt: null, reason: null },
  installed: ['cloudflared'],
};

export const fakeTunnel = (note: (...words: unknown[]) => void): TunnelPort => ({
  view: () => closedTunnel,
  start: async (wanted, by) => {
    note('open tunnel', wanted, by);
    const opened = { state: 'open', via: 'cloudflared', baseUrl: 'https://x.trycloudflare.com/v1' } as const;
    return { ...closedTunnel, ...opened, keyId: 'key_2', secret: 'rk_tunnel' };
  },
  stop: async (by) => {
    note('close tunnel', by);
    return closedTunnel;
  },
  onChange: () => () => undefined,
});
