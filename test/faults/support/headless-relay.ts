import { createSimulator, type Simulator, type SimulatorOptions } from '../../../src-main/simulator/simulator.ts';
import type { CallDetail } from '../../../src-shared/contract/call.ts';
import type { KeyCreate, KeyCreated } from '../../../src-shared/contract/key.ts';
import { systemClock } from '../../../src-shared/domain/clock.ts';
import { type RawAnswer, type RawRequest, rawCall } from '../../support/raw-call.ts';
import { makeRelayHome, type RelayHome, type RelayProcess, startRelayProcess } from '../../support/relay-process.ts';

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

export interface HeadlessRelayOptions {
  readonly accounts?: SimulatorOptions['accounts'];
  /** As `--set` takes them. */
  readonly settings?: readonly string[];
  readonly variables?: NodeJS.ProcessEnv;
}

/** The headless program as a process of its own, in front of a simulator, with the simulator's accounts added over /api. */
export async function startHeadlessRelay(options: HeadlessRelayOptions = {}): Promise<HeadlessRelay> {
  const accounts = options.accounts ?? [{ name: 'a', kind: 'chatgpt' as const }];
  const simulator = createSimulator({ clock: systemClock, accounts });
  const upstream = await simulator.start();
  const home = makeRelayHome({
    RELAY_CHATGPT_BASE_URL: upstream.chatgptBaseUrl,
    RELAY_AUTH_ISSUER: upstream.issuer,
    RELAY_OPENAI_BASE_URL: upstream.openaiBaseUrl,
    ...options.variables,
  });
  const process = await startRelayProcess(home, [
    'serve',
    ...(options.settings ?? []).flatMap((pair) => ['--set', pair]),
  ]);
  const { url, apiToken, firstKey } = process.announcement;
  const key = firstKey!;

  const api = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await rawCall(url, {
      method,
      path: `/api${path}`,
      headers: {
        authorization: `Bearer ${apiToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return (answer.text === '' ? undefined : JSON.parse(answer.text)) as T;
  };
  const send: HeadlessRelay['send'] = ({ key: asked = key, headers, ...request }) =>
    rawCall(url, {
      ...request,
      headers: { authorization: `Bearer ${asked}`, 'content-type': 'application/json', ...headers },
    });

  for (const { name, kind } of accounts) {
    const account = simulator.account(name);
    const added = await api<{ id: string }>(
      'POST',
      '/accounts',
      kind === 'chatgpt'
        ? { type: 'auth-json', content: account.authJson(), label: name, acceptShared: true }
        : { type: 'api-key', apiKey: account.apiKey, label: name },
    );
    await api('POST', `/accounts/${added.id}/refresh-models`);
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
    async stop() {
      process.kill('SIGKILL');
      await process.ended;
      await simulator.stop();
      home.remove();
    },
  };
}
