import type { Simulator } from '../../../src-main/simulator/simulator.ts';
import type { CallDetail } from '../../../src-shared/contract/call.ts';
import type { KeyCreate, KeyCreated } from '../../../src-shared/contract/key.ts';
import { type RawAnswer, type RawRequest, rawCall } from '../../support/raw-call.ts';
import type { RelayHome, RelayProcess } from '../../support/relay-process.ts';
import { type RelaySceneOptions, startRelayScene } from '../../support/relay-scene.ts';

export interface HeadlessRelay {
  readonly home: RelayHome;
  readonly process: RelayProcess;
  readonly simulator: Simulator;
  /** Without a path. */
  readonly url: string;
  /** A key that may do everything. */
  readonly key: string;
  /** One request with a Relay key, as it is given; JSON where no other type is named. */
  send(request: RawRequest & { readonly key?: string }): Promise<RawAnswer>;
  /** A Responses call: `gpt-5.5`, unless the body names another. */
  ask(body: object, headers?: Readonly<Record<string, string>>, key?: string): Promise<RawAnswer>;
  /** The answer's JSON; throws for anything but a 2xx. */
  api<T>(method: string, path: string, body?: object): Promise<T>;
  createKey(fields?: Partial<KeyCreate>): Promise<KeyCreated>;
  /** The row of the call that this answer belongs to: its id is the answer's x-request-id. */
  rowOf(answer: RawAnswer): Promise<CallDetail>;
  stop(): Promise<void>;
}

/** The headless program as a process of its own, in front of a simulator, with the simulator's accounts added over /api. */
export async function startHeadlessRelay(options: Partial<RelaySceneOptions> = {}): Promise<HeadlessRelay> {
  const accounts = options.accounts ?? [{ name: 'a', kind: 'chatgpt' as const }];
  const scene = await startRelayScene({ ...options, accounts });
  const { home, simulator, process, url, key } = scene;
  const api: HeadlessRelay['api'] = (method, path, body) => scene.api(method, `/api${path}`, body);
  const send: HeadlessRelay['send'] = ({ key: asked = key, headers, ...request }) =>
    rawCall(url, {
      ...request,
      headers: { authorization: `Bearer ${asked}`, 'content-type': 'application/json', ...headers },
    });

  for (const { name } of accounts) {
    const { id } = await scene.add(name);
    await api('POST', `/accounts/${id}/refresh-models`);
  }
  simulator.clearJournal();

  return {
    home,
    process,
    simulator,
    url,
    key,
    send,
    api,
    ask: (body, headers = {}, asked = key) =>
      send({ path: '/v1/responses', headers, key: asked, body: JSON.stringify({ model: 'gpt-5.5', ...body }) }),
    createKey: (fields = {}) => api('POST', '/keys', { name: 'made', ...fields }),
    async rowOf(answer) {
      const path = `/calls/${String(answer.headers['x-request-id'])}`;
      for (;;) {
        const call = await api<CallDetail>('GET', path);
        // What has ended is settled before its last byte; a read may still overtake the row's way into the database.
        if (call.status !== 'inflight') return call;
      }
    },
    stop: scene.stop,
  };
}
