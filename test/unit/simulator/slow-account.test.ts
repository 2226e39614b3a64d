import { describe, expect, it, vi } from 'vitest';
import {
  codexBody,
  eventsOf,
  loginHeaders,
  manualTimers,
  postCodex,
  readAll,
  startSimulation,
  textOf,
  typesOf,
} from './simulation.ts';

const deltasIn = (text: string): number => typesOf(eventsOf(text)).filter((type) => type.endsWith('.delta')).length;

describe('a slow account', () => {
  it('says nothing before its headers until the time is over', async () => {
    const timers = manualTimers();
    const simulation = await startSimulation({ timers });
    simulation.ann.script({ kind: 'silence', at: 'before-headers', ms: 20_000 });
    const answer = postCodex(simulation, simulation.ann, codexBody('hi'));
    await vi.waitFor(() => expect(timers.fire()).toBe(20_000));
    expect(textOf(eventsOf(await (await answer).text()))).toBe('You said: hi');
  });

  it('falls silent in the stream until the client leaves, which the journal shows', async () => {
    const simulation = await startSimulation();
    simulation.ann.script({ kind: 'silence', at: 'deltas', afterDeltas: 2 });
    const leave = new AbortController();
    const response = await fetch(`${simulation.urls.chatgptBaseUrl}/codex/responses`, {
      method: 'POST',
      headers: loginHeaders(simulation.ann),
      body: JSON.stringify(codexBody('sim:tokens 20')),
      signal: leave.signal,
    });
    const reader = response.body!.getReader();
    let text = '';
    while (deltasIn(text) < 2) text += new TextDecoder().decode((await reader.read()).value);
    expect(simulation.simulator.journal[0]).toMatchObject({ outcome: 'pending', settledAt: null });
    leave.abort();
    await vi.waitFor(() =>
      expect(simulation.simulator.journal[0]).toMatchObject({
        outcome: 'client-closed',
        settledAt: expect.any(Number),
      }),
    );
    expect(deltasIn(text)).toBe(2);
  });

  it('trickles bytes, each after its pause', async () => {
    const timers = manualTimers();
    const simulation = await startSimulation({ timers });
    simulation.ann.script({ kind: 'trickle', bytes: 100, everyMs: 200 });
    const answer = postCodex(simulation, simulation.ann, codexBody('hi')).then((response) => response.text());
    let pauses = 0;
    let text: string | null = null;
    answer.then((value) => {
      text = value;
    });
    await vi.waitFor(
      () => {
        while (timers.fire() === 200) pauses += 1;
        expect(text).not.toBeNull();
      },
      { interval: 1, timeout: 5000 },
    );
    expect(textOf(eventsOf(text!))).toBe('You said: hi');
    expect(pauses).toBeGreaterThanOrEqual(Math.ceil(text!.length / 100));
  });

  it('waits before the first byte and before each event', async () => {
    const timers = manualTimers();
    const simulation = await startSimulation({ timers, latency: { firstMs: 300, perEventMs: 20 } });
    const answer = postCodex(simulation, simulation.ann, codexBody('hi')).then((response) => response.text());
    const waits: number[] = [];
    let done = false;
    answer.then(() => {
      done = true;
    });
    await vi.waitFor(
      () => {
        const waited = timers.fire();
        if (waited !== null) waits.push(waited);
        expect(done).toBe(true);
      },
      { interval: 1, timeout: 5000 },
    );
    expect(waits).toEqual([300, ...Array.from({ length: eventsOf(await answer).length }, () => 20)]);
  });

  it('keeps the connection alive with comments or events before its output', async () => {
    const timers = manualTimers();
    const simulation = await startSimulation({ timers });
    simulation.ann.script(
      { kind: 'keepalives', form: 'comment', count: 2, everyMs: 1 },
      { kind: 'keepalives', form: 'event', count: 2, everyMs: 1 },
    );
    const ask = async (): Promise<string> => {
      const answer = postCodex(simulation, simulation.ann, codexBody('hi')).then((response) => response.text());
      for (let count = 0; count < 2; count += 1) await vi.waitFor(() => expect(timers.fire()).toBe(1));
      return answer;
    };
    expect((await ask()).match(/: keepalive\n/g)).toHaveLength(2);
    expect(typesOf(eventsOf(await ask())).slice(0, 4)).toEqual([
      'response.created',
      'keepalive',
      'keepalive',
      'response.in_progress',
    ]);
  });
});

describe('an answer that does not end when it should', () => {
  it('leaves the socket open after the terminal event', async () => {
    const simulation = await startSimulation();
    simulation.ann.script({ kind: 'stay-open' });
    const response = await postCodex(simulation, simulation.ann, codexBody('hi'));
    const reader = response.body!.getReader();
    let text = '';
    while (!text.includes('"response.completed"')) text += new TextDecoder().decode((await reader.read()).value);
    expect(simulation.simulator.journal[0]?.outcome).toBe('pending');
    await reader.cancel();
    await vi.waitFor(() => expect(simulation.simulator.journal[0]?.outcome).toBe('client-closed'));
  });

  it('goes on sending to a client that only stopped reading', async () => {
    const simulation = await startSimulation();
    simulation.ann.script({ kind: 'ignore-cancel', bytes: 2_000_000, afterDeltas: 1 });
    const { text } = await readAll(await postCodex(simulation, simulation.ann, codexBody('hi')));
    expect(text.length).toBeGreaterThan(2_000_000);
    await vi.waitFor(() => expect(simulation.simulator.journal[0]?.bytesSent).toBe(text.length));
  });

  it('counts what it could still send to a client that left', async () => {
    const simulation = await startSimulation();
    simulation.ann.script({ kind: 'ignore-cancel', bytes: 500_000_000 });
    const leave = new AbortController();
    const response = await fetch(`${simulation.urls.chatgptBaseUrl}/codex/responses`, {
      method: 'POST',
      headers: loginHeaders(simulation.ann),
      body: JSON.stringify(codexBody('hi')),
      signal: leave.signal,
    });
    await response.body!.getReader().read();
    leave.abort();
    await vi.waitFor(() => expect(simulation.simulator.journal[0]?.outcome).toBe('client-closed'));
    expect(simulation.simulator.journal[0]!.bytesSent).toBeLessThan(100_000_000);
  });
});
