import { once } from 'node:events';
import { get } from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createSimulator, type Simulator } from '../../src-main/simulator/simulator.ts';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import {
  makeRelayHome,
  type RelayHome,
  type RelayProcess,
  runRelay,
  startRelayProcess,
} from '../support/relay-process.ts';

// Every command is a process of its own.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let home: RelayHome;
let simulator: Simulator;
let relay: RelayProcess;

beforeEach(async () => {
  simulator = createSimulator({ clock: systemClock, accounts: [{ name: 'a', kind: 'openai' }] });
  const { openaiBaseUrl } = await simulator.start();
  home = makeRelayHome({ RELAY_OPENAI_BASE_URL: openaiBaseUrl });
});

afterEach(async () => {
  relay.kill('SIGKILL');
  await relay.ended;
  await simulator.stop();
  home.remove();
});

async function startWithAccount(...settings: readonly string[]): Promise<void> {
  const added = await runRelay(home, ['accounts', 'add', '--api-key', '-'], simulator.account('a').apiKey);
  expect(added.code).toBe(0);
  relay = await startRelayProcess(home, ['serve', ...settings.flatMap((pair) => ['--set', pair])]);
}

interface OpenStream {
  /** The whole body, once it has ended. */
  readonly text: Promise<string>;
}

/** A streamed answer of `tokens` words that has begun to arrive. */
async function openStream(tokens: number): Promise<OpenStream> {
  const response = await fetch(`${relay.announcement.url}/v1/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${relay.announcement.firstKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', input: `sim:tokens ${tokens}`, stream: true }),
  });
  expect(response.status).toBe(200);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value ?? '';
  const rest = async (): Promise<string> => {
    try {
      for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) text += chunk.value;
    } catch {
      text += '[connection cut]';
    }
    return text;
  };
  return { text: rest() };
}

/** The last event's name. */
const lastEvent = (text: string): string | undefined => [...text.matchAll(/^event: (.+)$/gm)].at(-1)?.[1];

async function loggedCalls(): Promise<CallRecord[]> {
  const { stdout } = await runRelay(home, ['logs', '--json', '--limit', '100']);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('being asked to end', () => {
  test('P-03: 20 running streams finish, nothing new is served, and Relay ends with 0', async () => {
    await startWithAccount();
    simulator.account('a').latency = { perEventMs: 25 };
    const streams = await Promise.all(Array.from({ length: 20 }, () => openStream(40)));
    relay.kill('SIGTERM');
    const ended = await Promise.race([relay.ended, Promise.all(streams.map(({ text }) => text))]);
    expect(ended, 'the streams end before the process').toHaveLength(20);
    const texts = await Promise.all(streams.map(({ text }) => text));
    expect(texts.map(lastEvent)).toEqual(Array(20).fill('response.completed'));
    expect(await relay.ended).toBe(0);
    const refused = get(`${relay.announcement.url}/v1/models`);
    const [error] = await once(refused, 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    expect((await loggedCalls()).map(({ status }) => status)).toEqual(Array(20).fill('ok'));
  });

  test('P-04: streams that outlast the limit end with an error of their own', async () => {
    await startWithAccount('process.drainMs=300');
    simulator.account('a').latency = { perEventMs: 100 };
    const stream = await openStream(2_000);
    const askedAt = performance.now();
    relay.kill('SIGTERM');
    expect(await stream.text).toContain('shutting_down');
    expect(await relay.ended).toBe(0);
    expect(performance.now() - askedAt).toBeLessThan(300 + 5_000);
    expect((await loggedCalls()).map(({ status, errorCode }) => [status, errorCode])).toEqual([
      ['interrupted', 'shutting_down'],
    ]);
  });

  test('P-05: a second time ends at once; the call reads interrupted at the next start', async () => {
    await startWithAccount();
    simulator.account('a').latency = { perEventMs: 100 };
    const stream = await openStream(2_000);
    relay.kill('SIGTERM');
    await expect.poll(() => statusOf(relay.announcement.url), { timeout: 10_000 }).toBe(503);
    await new Promise((resolve) => setTimeout(resolve, 150));
    relay.kill('SIGTERM');
    expect(await relay.ended).toBe(1);
    expect(lastEvent(await stream.text)).not.toBe('response.completed');
    const [call, ...others] = await loggedCalls();
    expect([call?.status, others]).toEqual(['interrupted', []]);
  });
});

/** 401 while Relay serves (no key is sent), 503 while it ends. */
async function statusOf(url: string): Promise<number> {
  return fetch(`${url}/v1/models`).then(({ status }) => status);
}
