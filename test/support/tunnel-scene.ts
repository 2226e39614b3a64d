import { expect, onTestFinished } from 'vitest';
import { systemProcesses } from '../../src-main/config/process-identity.ts';
import { type TunnelOpened, tunnelOpenedSchema, tunnelSchema } from '../../src-shared/contract/tunnel.ts';
import { type FakeTunnel, makeFakeTunnel, publicHost } from './fake-tunnel.ts';
import { type RawAnswer, rawCall } from './raw-call.ts';
import { type RunningRelay, type RunningRelayOptions, startRelay } from './running-relay.ts';

export interface TunnelScene {
  readonly relay: RunningRelay;
  readonly fake: FakeTunnel;
  api(method: string, body?: object): Promise<RawAnswer>;
  open(body?: object): Promise<TunnelOpened>;
  /** Stops Relay; also done at the end. */
  quit(): Promise<void>;
}

export async function tunnelScene(fake = makeFakeTunnel(), options: RunningRelayOptions = {}): Promise<TunnelScene> {
  const relay = await startRelay({ programs: fake.folder, ...options });
  let stopped: Promise<void> | null = null;
  const quit = (): Promise<void> => (stopped ??= relay.stop());
  onTestFinished(quit);
  const api: TunnelScene['api'] = (method, body) =>
    rawCall(relay.url, {
      method,
      path: '/api/tunnel',
      headers: { authorization: `Bearer ${relay.apiToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const open: TunnelScene['open'] = async (body) => {
    const answer = await api('POST', body);
    expect([answer.status, answer.status === 201 ? '' : answer.text]).toEqual([201, '']);
    return tunnelOpenedSchema.parse(JSON.parse(answer.text));
  };
  return { relay, fake, api, open, quit };
}

export interface Outside {
  readonly method?: string;
  readonly path: string;
  readonly secret?: string | null;
  readonly headers?: Record<string, string>;
  readonly body?: object;
}

/** As somebody on the internet: by way of the program, under the public name. */
export function outside(fake: FakeTunnel, { method = 'GET', path, secret = null, headers = {}, body }: Outside) {
  return rawCall(`http://127.0.0.1:${fake.told()!.port}`, {
    ...{ method, path },
    headers: {
      host: publicHost,
      'content-type': 'application/json',
      ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

export const codeOf = ({ status, text }: RawAnswer) => [status, JSON.parse(text).error?.code ?? null];
export const keyOf = ({ relay }: TunnelScene, id: string | null) =>
  relay.relay.keys.list().find((key) => key.id === id)!;
export const runs = (fake: FakeTunnel) => systemProcesses.isRunning(fake.told()!.pid);
export const notes = async ({ relay }: TunnelScene) =>
  (await relay.relay.accounts.audit.list({ limit: 10 })).entries
    .filter(({ what }) => what.startsWith('tunnel-'))
    .map(({ actor, what }) => `${actor} ${what}`);
export const viewOf = async ({ api }: TunnelScene) => tunnelSchema.parse(JSON.parse((await api('GET')).text));
