import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { ClientOptions } from 'ws';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import type { RelaySceneOptions } from '../../support/relay-scene.ts';
import { type HeadlessRelay, startHeadlessRelay } from './headless-relay.ts';
import { type OpenSocket, openSocket } from './open-socket.ts';

export interface SocketScene {
  /** From the first test of the file to the last. */
  readonly relay: HeadlessRelay;
  /** Ends with the test that opened it. */
  socketOf(key?: string, options?: ClientOptions): Promise<OpenSocket>;
  callsOf(keyId: string): Promise<CallRecord[]>;
}

/** One Relay for all tests of a file, whose account does as it should again after each of them. */
export function socketScene(options: Partial<RelaySceneOptions> = {}): SocketScene {
  let relay: HeadlessRelay;
  const open = new Set<OpenSocket>();
  beforeAll(async () => {
    relay = await startHeadlessRelay(options);
  });
  beforeEach(() => relay.simulator.clearJournal());
  afterEach(() => {
    for (const { raw } of open) raw.terminate();
    open.clear();
    relay.simulator.account('a').faults.clear();
  });
  afterAll(() => relay.stop());
  return {
    get relay() {
      return relay;
    },
    async socketOf(key = relay.key, socketOptions = {}) {
      const socket = await openSocket(relay.url, key, socketOptions);
      open.add(socket);
      return socket;
    },
    callsOf: async (keyId) => (await relay.api<{ calls: CallRecord[] }>('GET', `/calls?keyId=${keyId}`)).calls,
  };
}

/** The `error` event of a socket, as far as programs go by it. */
export function refusalOf(event: Record<string, unknown>): readonly unknown[] {
  const { code, param } = event['error'] as { code: string; param: string | null };
  return [event['type'], event['status'], code, param];
}
