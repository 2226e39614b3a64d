import { once } from 'node:events';
import { createServer as createPlainServer, type Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { askRaw } from '../support/ask-forms.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';
import { untrustedCertificate } from '../support/untrusted-certificate.ts';

let running: RunningRelay | null = null;
let server: Server | null = null;
afterEach(async () => {
  await running?.stop();
  server?.closeAllConnections();
  server?.close();
  running = null;
  server = null;
});

test.each([
  [
    'a certificate that nobody vouches for',
    () => createServer(untrustedCertificate),
    /certificate or TLS was refused \(DEPTH_ZERO/,
  ],
  ['plain HTTP where TLS should be', () => createPlainServer(), /could not be reached/],
])('U-18 %s is a 502 that names it; nothing is sent, and never without verification', async (_name, make, words) => {
  const requests: string[] = [];
  const listening = make();
  server = listening;
  listening.on('request', (request, response) => {
    requests.push(request.url ?? '');
    response.end();
  });
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  const relay = await startRelay({ accounts: [] });
  running = relay;
  const upstream = {
    apiKey: 'sk-secret',
    wire: 'responses',
    label: 'x',
    baseUrl: `https://127.0.0.1:${port}/v1`,
  } as const;
  await relay.relay.accounts.as('api').addApiKey({ ...upstream, unchecked: true });
  const answer = await askRaw(relay, 'responses');
  const { code, message } = JSON.parse(answer.text).error;
  const [call] = await relay.calls();
  expect([answer.status, code, requests, call?.attempts.every(({ httpStatus }) => httpStatus === null)]).toEqual([
    502,
    'upstream_connection_error',
    [],
    true,
  ]);
  expect(message).toMatch(words);
});
