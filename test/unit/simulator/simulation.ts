import { createParser } from 'eventsource-parser';
import { onTestFinished } from 'vitest';
import type { SimulatedAccount } from '../../../src-main/simulator/simulated-account.ts';
import {
  createSimulator,
  type Simulator,
  type SimulatorAddresses,
  type SimulatorOptions,
} from '../../../src-main/simulator/simulator.ts';
import type { Timers } from '../../../src-shared/domain/timers.ts';

interface ManualClock {
  now(): number;
  monotonic(): number;
  advance(milliseconds: number): void;
}

function manualClock(start = 1_795_400_000_000): ManualClock {
  let at = start;
  return {
    now: () => at,
    monotonic: () => at - start,
    advance(milliseconds) {
      at += milliseconds;
    },
  };
}

/** Timers that never run by themselves; `fire` runs what waits and says for how long it was to wait. */
export function manualTimers(): Timers & { fire(): number | null } {
  const waiting: { delayMs: number; run: () => void }[] = [];
  return {
    set(delayMs, run) {
      const entry = { delayMs, run };
      waiting.push(entry);
      return () => waiting.splice(waiting.indexOf(entry), waiting.includes(entry) ? 1 : 0);
    },
    fire() {
      const next = waiting.shift();
      next?.run();
      return next?.delayMs ?? null;
    },
  };
}

export interface Simulation {
  readonly simulator: Simulator;
  readonly urls: SimulatorAddresses;
  readonly clock: ManualClock;
  /** The ChatGPT account `ann`. */
  readonly ann: SimulatedAccount;
  /** The API-key account `key`. */
  readonly key: SimulatedAccount;
}

/** A running simulator with the ChatGPT accounts `ann` and `bob` and the API key `key`; stopped when the test ends. */
export async function startSimulation(options: Partial<SimulatorOptions> = {}): Promise<Simulation> {
  const clock = manualClock();
  const simulator = createSimulator({
    clock,
    accounts: [
      { name: 'ann', kind: 'chatgpt' },
      { name: 'bob', kind: 'chatgpt', plan: 'pro' },
      { name: 'key', kind: 'openai' },
    ],
    ...options,
  });
  const urls = await simulator.start();
  onTestFinished(() => simulator.stop());
  return { simulator, urls, clock, ann: simulator.account('ann'), key: simulator.account('key') };
}

export type Body = Record<string, unknown>;

/** The smallest body that the Codex backend takes. */
export const codexBody = (text: string, more: Body = {}): Body => ({
  model: 'gpt-5.5',
  instructions: '',
  input: [user(text)],
  store: false,
  stream: true,
  ...more,
});

export const user = (text: string): Body => ({
  type: 'message',
  role: 'user',
  content: [{ type: 'input_text', text }],
});

export const loginHeaders = (account: SimulatedAccount): Record<string, string> => ({
  authorization: `Bearer ${account.accessToken()}`,
  'chatgpt-account-id': account.accountId,
});

export function postCodex(
  { urls }: Simulation,
  account: SimulatedAccount,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${urls.chatgptBaseUrl}/codex/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...loginHeaders(account), ...headers },
    body: JSON.stringify(body),
    redirect: 'manual',
  });
}

export function postApi({ urls, key }: Simulation, path: string, body: unknown): Promise<Response> {
  return fetch(`${urls.openaiBaseUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key.apiKey}` },
    body: JSON.stringify(body),
  });
}

export interface StreamEvent extends Body {
  readonly type: string;
}

/** The JSON events of SSE text; what is not JSON is left out. */
export function eventsOf(text: string): StreamEvent[] {
  const events: StreamEvent[] = [];
  const parser = createParser({
    onEvent({ data }) {
      try {
        events.push(JSON.parse(data));
      } catch {
        // `[DONE]`, and what a fault broke on purpose.
      }
    },
  });
  parser.feed(text);
  return events;
}

export const typesOf = (events: readonly StreamEvent[]): string[] => events.map((event) => event.type);

/** Everything a stream said, joined from its deltas. */
export const textOf = (events: readonly StreamEvent[]): string =>
  events.flatMap((event) => (event.type === 'response.output_text.delta' ? [String(event['delta'])] : [])).join('');

export const itemsOf = (events: readonly StreamEvent[]): Body[] =>
  events.flatMap((event) => (event.type === 'response.output_item.done' ? [event['item'] as Body] : []));

export const terminalOf = (events: readonly StreamEvent[]): Body => events.at(-1)?.['response'] as Body;

export async function askCodex(
  simulation: Simulation,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<StreamEvent[]> {
  const response = await postCodex(simulation, simulation.ann, body, headers);
  return eventsOf(await response.text());
}

/** The `error` object of a refusal. */
export async function errorOf(response: Response): Promise<Body> {
  const body = (await response.json()) as { error: Body };
  return body.error;
}

/** Reads a body to its end or its cut. */
export async function readAll(response: Response): Promise<{ text: string; cut: boolean }> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
    return { text, cut: false };
  } catch {
    return { text, cut: true };
  }
}
