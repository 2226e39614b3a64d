import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type RunningRelay, type RunningRelayOptions, startRelay } from '../support/running-relay.ts';
import { type CallWatch, watchCalls } from './call-facts.ts';

export interface OpenAiNodeScene {
  /** From the first test of the file to the last, as the client. */
  readonly relay: RunningRelay;
  /** Without the retries that the SDK has by itself. */
  readonly client: OpenAI;
  /** The calls of the test that runs. */
  readonly log: CallWatch;
}

/** The OpenAI Node SDK in front of one Relay for all tests of a file. */
export function openAiNodeScene(options: RunningRelayOptions = {}): OpenAiNodeScene {
  let relay: RunningRelay;
  let client: OpenAI;
  let log: CallWatch;
  beforeAll(async () => {
    relay = await startRelay(options);
    client = new OpenAI({ baseURL: `${relay.url}/v1`, apiKey: relay.key, maxRetries: 0 });
  });
  beforeEach(async () => {
    log = await watchCalls(relay);
  });
  afterAll(() => relay.stop());
  return {
    get relay() {
      return relay;
    },
    get client() {
      return client;
    },
    get log() {
      return log;
    },
  };
}
