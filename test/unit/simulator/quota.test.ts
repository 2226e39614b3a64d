import { describe, expect, it } from 'vitest';
import {
  askCodex,
  type Body,
  codexBody,
  eventsOf,
  postCodex,
  startSimulation,
  terminalOf,
  user,
} from './simulation.ts';

const refusal = async (response: Response): Promise<{ status: number; body: unknown }> => ({
  status: response.status,
  body: await response.json(),
});

describe('the prompt cache', () => {
  const long = 'word '.repeat(1500);
  const cachedOf = (events: Awaited<ReturnType<typeof askCodex>>): unknown =>
    (terminalOf(events)['usage'] as Body)['input_tokens_details'];
  const turn = (more: string): Body => codexBody('', { input: [user(long), user(more)] });

  it('hits for the same account, session and prefix only', async () => {
    const simulation = await startSimulation();
    const session = { 'session-id': 's1' };
    const none = { cached_tokens: 0, cache_write_tokens: 0 };
    expect(cachedOf(await askCodex(simulation, turn('a'), session))).toEqual(none);
    expect(cachedOf(await askCodex(simulation, turn('b'), session))).toEqual({
      cached_tokens: 1792,
      cache_write_tokens: 0,
    });
    expect(cachedOf(await askCodex(simulation, turn('c'), { 'session-id': 's2' }))).toEqual(none);
    expect(cachedOf(await askCodex(simulation, turn('d')))).toEqual(none);
    const bob = await postCodex(simulation, simulation.simulator.account('bob'), turn('e'), session);
    expect(cachedOf(eventsOf(await bob.text()))).toEqual(none);
  });

  it('does not count a prefix under 1,024 tokens', async () => {
    const simulation = await startSimulation();
    const session = { 'session-id': 's1' };
    const short = codexBody('word '.repeat(700));
    await askCodex(simulation, short, session);
    expect(cachedOf(await askCodex(simulation, short, session))).toMatchObject({ cached_tokens: 0 });
  });
});

describe('the windows of an account', () => {
  it('fill by tokens, stop the account when full, and empty by the clock', async () => {
    const simulation = await startSimulation({
      accounts: [
        { name: 'ann', kind: 'chatgpt', fiveHour: { capacityTokens: 200 } },
        { name: 'key', kind: 'openai' },
      ],
    });
    const { ann, clock } = simulation;
    expect(ann.windows.fiveHour?.usedPercent()).toBe(0);
    await askCodex(simulation, codexBody('sim:tokens 300'));
    expect(ann.windows.fiveHour?.usedPercent()).toBe(100);
    const full = await postCodex(simulation, ann, codexBody('hi'));
    const resetsAt = Math.ceil(clock.now() / 1000) + 18_000;
    expect(await refusal(full)).toEqual({
      status: 429,
      body: {
        error: {
          type: 'usage_limit_reached',
          message: 'The usage limit has been reached',
          plan_type: 'plus',
          resets_at: resetsAt,
          resets_in_seconds: 18_000,
        },
      },
    });
    expect(Object.fromEntries(full.headers)).toMatchObject({
      'x-codex-primary-used-percent': '100',
      'x-codex-primary-reset-at': String(resetsAt),
      'x-codex-active-limit': 'codex',
      'x-codex-rate-limit-reached-type': 'rate_limit_reached',
    });
    clock.advance(18_000_000);
    expect(ann.windows.fiveHour?.usedPercent()).toBe(0);
    expect((await postCodex(simulation, ann, codexBody('hi'))).status).toBe(200);
  });

  it('are joined by those of single models, which fill, stop that model alone and are told by its answers', async () => {
    const fox = {
      limitId: 'codex_fox',
      limitName: 'Fox',
      model: 'gpt-6-luna',
      lengthMs: 86_400_000,
      capacityTokens: 200,
    };
    const simulation = await startSimulation({
      accounts: [
        { name: 'ann', kind: 'chatgpt', extras: [fox], credits: { has: true, unlimited: false, balance: '3.5' } },
        { name: 'key', kind: 'openai' },
      ],
    });
    const { ann } = simulation;
    const other = await postCodex(simulation, ann, codexBody('sim:tokens 300'));
    await other.text();
    expect([...other.headers.keys()].filter((name) => name.startsWith('x-codex-fox'))).toEqual([]);
    expect(other.headers.get('x-codex-credits-balance')).toBe('3.5');
    const luna = codexBody('sim:tokens 300', { model: 'gpt-6-luna' });
    const first = await postCodex(simulation, ann, luna);
    await first.text();
    expect(first.headers.get('x-codex-fox-primary-used-percent')).toBe('0');
    const full = await postCodex(simulation, ann, luna);
    expect([full.status, Object.fromEntries(full.headers)]).toMatchObject([
      429,
      {
        'x-codex-active-limit': 'codex-fox',
        'x-codex-fox-limit-name': 'Fox',
        'x-codex-fox-primary-used-percent': '100',
        'x-codex-fox-primary-window-minutes': '1440',
      },
    ]);
    expect((await postCodex(simulation, ann, codexBody('hi'))).status).toBe(200);
  });

  it('are named by their length: a plan with a weekly one only has it as its primary', async () => {
    const simulation = await startSimulation({
      accounts: [
        { name: 'ann', kind: 'chatgpt', fiveHour: null, weekly: { usedPercent: 5 } },
        { name: 'key', kind: 'openai' },
      ],
    });
    const { headers } = await postCodex(simulation, simulation.ann, codexBody('hi'));
    expect([headers.get('x-codex-primary-window-minutes'), headers.get('x-codex-secondary-window-minutes')]).toEqual([
      '10080',
      null,
    ]);
  });
});
