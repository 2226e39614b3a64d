import { once } from 'node:events';
import { request } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { codexBody, loginHeaders, postCodex, readAll, type Simulation, startSimulation } from './simulation.ts';

describe('a fault script', () => {
  const statuses = async (simulation: Simulation, count: number, model = 'gpt-5.5'): Promise<number[]> => {
    const seen: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const response = await postCodex(simulation, simulation.ann, codexBody('hi', { model }));
      await response.text();
      seen.push(response.status);
    }
    return seen;
  };

  it('is used up one entry a request, null being a healthy one', async () => {
    const simulation = await startSimulation();
    simulation.ann.script({ kind: 'status', status: 500, times: 2 }, null, { kind: 'status', status: 502 });
    expect(await statuses(simulation, 5)).toEqual([500, 500, 200, 502, 200]);
  });

  it('waits for the model and the endpoint it is meant for', async () => {
    const simulation = await startSimulation();
    simulation.ann.script(
      { kind: 'status', status: 500, when: { model: 'gpt-6-sol' } },
      { kind: 'status', status: 418, when: { endpoint: 'usage' } },
    );
    expect(await statuses(simulation, 1)).toEqual([200]);
    expect(await statuses(simulation, 2, 'gpt-6-sol')).toEqual([500, 200]);
    const usage = await fetch(`${simulation.urls.chatgptBaseUrl}/wham/usage`, {
      headers: loginHeaders(simulation.ann),
    });
    expect(usage.status).toBe(418);
  });

  it('repeats the standing fault until it is taken back, and leaves other accounts alone', async () => {
    const simulation = await startSimulation();
    simulation.ann.always({ kind: 'status', status: 529 });
    simulation.ann.script({ kind: 'status', status: 500 });
    expect(await statuses(simulation, 3)).toEqual([500, 529, 529]);
    const bob = simulation.simulator.account('bob');
    expect((await postCodex(simulation, bob, codexBody('hi'))).status).toBe(200);
    simulation.ann.always(null);
    expect(await statuses(simulation, 1)).toEqual([200]);
  });

  it('does not hide that a request is wrong, nor is it used up by one', async () => {
    const simulation = await startSimulation();
    simulation.ann.script({ kind: 'status', status: 500 });
    const wrong = await postCodex(simulation, simulation.ann, codexBody('hi', { store: true }));
    expect(wrong.status).toBe(400);
    expect(await statuses(simulation, 1)).toEqual([500]);
  });
});

it('stops with requests in flight and leaves no connection', async () => {
  const simulation = await startSimulation();
  simulation.ann.script({ kind: 'silence', at: 'created' });
  const response = await postCodex(simulation, simulation.ann, codexBody('hi'));
  const idle = request(`${simulation.urls.issuer}/nothing`, { method: 'POST' });
  idle.on('error', () => {});
  idle.write('{');
  await once(idle, 'socket');
  await vi.waitFor(() => expect(simulation.simulator.connectionCount()).toBeGreaterThanOrEqual(2));
  await simulation.simulator.stop();
  expect((await readAll(response)).cut).toBe(true);
  await vi.waitFor(() => expect(simulation.simulator.connectionCount()).toBe(0));
});
