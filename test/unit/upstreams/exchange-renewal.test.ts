import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createExchanges, type Exchanges } from '../../../src-main/upstreams/exchange.ts';

/** An upstream that counts its connections; `/slow` begins an answer and ends it when told to. */
async function upstream() {
  const state = { connections: 0, finish: (): void => undefined };
  const server = createServer((request, response) => {
    if (request.url !== '/slow') return void response.end('quick');
    response.write('begun ');
    state.finish = () => void response.end('and ended');
  });
  server.on('connection', () => {
    state.connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { state, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function read(exchanges: Exchanges, url: string, onData: () => void = () => undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    exchanges.send(
      'acc_1',
      { url: new URL(url), method: 'GET', headers: {}, body: null },
      {
        head: () => undefined,
        data(chunk) {
          text += chunk.toString();
          onData();
        },
        end: () => resolve(text),
        error: reject,
      },
    );
  });
}

test('after sleep no idle connection is used again, and an answer that runs ends normally', async () => {
  const { state, origin } = await upstream();
  const exchanges = createExchanges(() => 5_000);
  onTestFinished(() => exchanges.close());
  // A connection is idle a moment after its answer has ended; before that another one is opened.
  await expect
    .poll(async () => {
      const before = state.connections;
      await read(exchanges, `${origin}/`);
      return state.connections - before;
    })
    .toBe(0);
  let begun = (): void => undefined;
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const slow = read(exchanges, `${origin}/slow`, begun);
  await hasBegun;
  const before = state.connections;
  exchanges.renew();
  expect(await read(exchanges, `${origin}/`)).toBe('quick');
  expect(state.connections - before).toBe(1);
  state.finish();
  expect(await slow).toBe('begun and ended');
});
