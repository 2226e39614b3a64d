import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { SimulatedAccount } from '../../../src-main/simulator/simulated-account.ts';
import {
  type Body,
  codexBody,
  itemsOf,
  loginHeaders,
  type Simulation,
  type StreamEvent,
  startSimulation,
  terminalOf,
  textOf,
  typesOf,
  user,
} from './simulation.ts';

interface Client {
  readonly socket: WebSocket;
  readonly closed: Promise<{ code: number }>;
  /** Sends one message and reads to the end of its answer. */
  ask(message: unknown): Promise<StreamEvent[]>;
}

async function connect(
  simulation: Simulation,
  { account = simulation.ann, headers = {} }: { account?: SimulatedAccount; headers?: Record<string, string> } = {},
): Promise<Client> {
  const [base, auth] =
    account.kind === 'chatgpt'
      ? [`${simulation.urls.chatgptBaseUrl}/codex`, loginHeaders(account)]
      : [simulation.urls.openaiBaseUrl, { authorization: `Bearer ${account.apiKey}` }];
  const socket = new WebSocket(`${base.replace('http', 'ws')}/responses`, { headers: { ...auth, ...headers } });
  const closed = new Promise<{ code: number }>((resolve) => socket.on('close', (code) => resolve({ code })));
  await once(socket, 'open');
  return {
    socket,
    closed,
    ask: (message) =>
      new Promise((resolve) => {
        const events: StreamEvent[] = [];
        const read = (data: unknown): void => {
          const event: StreamEvent = JSON.parse(String(data));
          events.push(event);
          if (!/^(error|response\.(completed|failed|incomplete))$/.test(event.type)) return;
          done();
        };
        const done = (): void => {
          socket.off('message', read);
          socket.off('close', done);
          resolve(events);
        };
        socket.on('message', read);
        socket.on('close', done);
        socket.send(typeof message === 'string' ? message : JSON.stringify(message));
      }),
  };
}

const create = (text: string, more: Body = {}): Body => ({ type: 'response.create', ...codexBody(text), ...more });
const idOf = (events: StreamEvent[]): unknown => terminalOf(events)['id'];
const upgradeStatus = async (address: string, headers: Record<string, string>): Promise<number | undefined> => {
  const socket = new WebSocket(address.replace('http', 'ws'), { headers });
  socket.on('error', () => {});
  const [, response] = await once(socket, 'unexpected-response');
  socket.terminate();
  return response.statusCode;
};

describe('a WebSocket of the Codex backend', () => {
  it('tells limits, models and turn state before the events of the answer', async () => {
    const simulation = await startSimulation();
    const { ask, socket } = await connect(simulation);
    const events = await ask(create('hello'));
    expect(socket.extensions).toBe('');
    expect(typesOf(events).slice(0, 5)).toEqual([
      'codex.rate_limits',
      'codex.response.metadata',
      'response.metadata',
      'response.created',
      'response.in_progress',
    ]);
    expect(events[0]).toMatchObject({
      plan_type: 'plus',
      rate_limits: {
        allowed: true,
        limit_reached: false,
        primary: { window_minutes: 300 },
        secondary: { window_minutes: 10080 },
      },
    });
    expect(events[2]).toMatchObject({
      headers: { 'x-codex-turn-state': expect.stringContaining(simulation.ann.accountId) },
    });
    expect(textOf(events)).toBe('You said: hello');
  });

  it('answers a prewarm without generating, and takes increments on top of it', async () => {
    const simulation = await startSimulation();
    const { ask } = await connect(simulation);
    const base = { type: 'message', role: 'developer', content: 'You are an agent.' };
    const tools = [{ type: 'function', name: 'exec_command' }];
    const warm = await ask(create('', { instructions: undefined, input: [base], tools, generate: false }));
    expect(typesOf(warm)).toEqual(['response.created', 'response.completed']);
    const first = await ask(
      create('', { instructions: undefined, tools, previous_response_id: idOf(warm), input: [user('sim:shell ls')] }),
    );
    const [call] = itemsOf(first);
    expect(call).toMatchObject({ type: 'function_call', name: 'exec_command' });
    const output = { type: 'function_call_output', call_id: call!['call_id'], output: 'a b' };
    const second = await ask(
      create('', { instructions: undefined, tools, previous_response_id: idOf(first), input: [output] }),
    );
    expect(textOf(second)).toBe('Tool said: a b');
    expect(simulation.simulator.modelRequests('ann')).toHaveLength(2);
    expect(simulation.simulator.journal.map((record) => record.transport)).toEqual([
      'ws-handshake',
      'ws-message',
      'ws-message',
      'ws-message',
    ]);
  });

  it('forgets ids with the connection', async () => {
    const simulation = await startSimulation();
    const first = await connect(simulation);
    const id = idOf(await first.ask(create('hello')));
    const second = await connect(simulation);
    expect(await second.ask(create('more', { previous_response_id: id }))).toEqual([
      {
        type: 'error',
        status: 400,
        error: {
          type: 'invalid_request_error',
          code: 'previous_response_not_found',
          message: 'Previous response with id not found.',
          param: 'previous_response_id',
        },
      },
    ]);
  });

  it('refuses by error frame what HTTP refuses by status, and stays open', async () => {
    const simulation = await startSimulation();
    const { ask } = await connect(simulation);
    expect(await ask(create('x', { store: true }))).toMatchObject([
      { type: 'error', status: 400, error: { message: 'Store must be set to false' } },
    ]);
    expect(await ask('not json')).toMatchObject([{ type: 'error', status: 400 }]);
    expect(await ask(create('x', { client_metadata: { 'x-codex-turn-state': 'ts:someone::1' } }))).toMatchObject([
      { status: 400, error: { code: 'invalid_turn_state' } },
    ]);
    expect(textOf(await ask(create('still here')))).toBe('You said: still here');
  });

  it('closes with 1009 at the frame limit', async () => {
    const simulation = await startSimulation({ frameLimitBytes: 10_000 });
    const small = await connect(simulation);
    const padded = (length: number): string =>
      JSON.stringify(create('sim:say ok', { prompt_cache_key: '' })).replace(
        '"prompt_cache_key":""',
        `"prompt_cache_key":"${'k'.repeat(length)}"`,
      );
    const overhead = padded(0).length;
    expect(textOf(await small.ask(padded(9_999 - overhead)))).toBe('ok');
    small.socket.send(padded(10_000 - overhead));
    expect(await small.closed).toEqual({ code: 1009 });
  });

  it('takes no request on a connection older than its limit', async () => {
    const simulation = await startSimulation();
    const { ask } = await connect(simulation);
    simulation.clock.advance(3_600_000);
    expect(await ask(create('hi'))).toMatchObject([
      { status: 400, error: { code: 'websocket_connection_limit_reached' } },
    ]);
  });

  it('answers a full window with the limit frame', async () => {
    const simulation = await startSimulation();
    simulation.ann.windows.fiveHour?.set({ usedPercent: 100, resetsInMs: 90_000 });
    const { ask } = await connect(simulation);
    expect(await ask(create('hi'))).toMatchObject([
      {
        type: 'error',
        status: 429,
        error: { type: 'usage_limit_reached', resets_in_seconds: 90 },
        headers: { 'x-codex-primary-used-percent': '100' },
      },
    ]);
  });

  it('serves API keys without the frames of a plan', async () => {
    const simulation = await startSimulation();
    const { ask } = await connect(simulation, { account: simulation.key });
    const events = await ask({ type: 'response.create', model: 'gpt-5.5', input: 'hi' });
    expect(events[0]?.type).toBe('response.created');
    expect(textOf(events)).toBe('You said: hi');
  });
});

describe('a fault of the WebSocket', () => {
  it('is an upgrade refused by credentials, path or script', async () => {
    const simulation = await startSimulation();
    const address = `${simulation.urls.chatgptBaseUrl}/codex/responses`;
    expect(await upgradeStatus(address, {})).toBe(401);
    expect(await upgradeStatus(`${simulation.urls.issuer}/other`, {})).toBe(404);
    simulation.ann.script({ kind: 'upgrade-refused', status: 426 });
    expect(await upgradeStatus(address, loginHeaders(simulation.ann))).toBe(426);
    expect(textOf(await (await connect(simulation)).ask(create('hi')))).toBe('You said: hi');
  });

  it('is a close with any code, before or in the middle of an answer', async () => {
    const simulation = await startSimulation();
    simulation.ann.script(
      { kind: 'close', code: 1011, reason: 'keepalive ping timeout', afterDeltas: 1 },
      { kind: 'cut', at: 'created' },
    );
    const first = await connect(simulation);
    const events = await first.ask(create('sim:tokens 20'));
    expect(typesOf(events).at(-1)).toBe('response.output_text.delta');
    expect(await first.closed).toEqual({ code: 1011 });
    const second = await connect(simulation);
    second.socket.send(JSON.stringify(create('hi')));
    expect(await second.closed).toEqual({ code: 1006 });
  });

  it('is an error frame with the status and headers scripted', async () => {
    const simulation = await startSimulation();
    simulation.ann.script({
      kind: 'status',
      status: 429,
      headers: { 'retry-after': '3' },
      body: { error: { code: 'rate_limit_exceeded', message: 'slow' } },
    });
    const { ask } = await connect(simulation);
    expect(await ask(create('hi'))).toEqual([
      {
        type: 'error',
        status: 429,
        error: { code: 'rate_limit_exceeded', message: 'slow' },
        headers: { 'retry-after': '3' },
      },
    ]);
  });

  it('is silence until the client leaves, which the journal shows', async () => {
    const simulation = await startSimulation();
    simulation.ann.script({ kind: 'silence', at: 'created' });
    const { socket } = await connect(simulation);
    socket.send(JSON.stringify(create('hi')));
    const record = (): unknown => simulation.simulator.modelRequests('ann')[0]?.outcome;
    await vi.waitFor(() => expect(record()).toBe('pending'));
    socket.close();
    await vi.waitFor(() => expect(record()).toBe('client-closed'));
    expect(simulation.simulator.journal.at(-1)?.transport).toBe('ws-close');
  });

  it('is a second request while one runs', async () => {
    const simulation = await startSimulation();
    simulation.ann.script({ kind: 'silence', at: 'created' });
    const { socket } = await connect(simulation);
    socket.send(JSON.stringify(create('hi')));
    const refused = new Promise<StreamEvent>((resolve) =>
      socket.on('message', (data) => {
        const event: StreamEvent = JSON.parse(String(data));
        if (event.type === 'error') resolve(event);
      }),
    );
    socket.send(JSON.stringify(create('hi')));
    expect(await refused).toMatchObject({ status: 400, error: { code: 'response_already_in_progress' } });
  });
});
