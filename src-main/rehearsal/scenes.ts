import type { RehearsalClient } from '../../src-shared/contract/rehearsal.ts';
import type { ScriptEntry } from '../simulator/fault.ts';

/** Something that goes wrong at the first accounts while the last one is well, and what clients should see of it. */
export interface Scene {
  readonly name: string;
  readonly fault: string;
  readonly script: ScriptEntry;
  /** `whole`: the whole answer, as if nothing had happened. `error`: an error that tells the truth, and no answer that looks whole. */
  readonly expected: 'whole' | 'error';
  readonly clients: readonly RehearsalClient[];
  /** The fault is at every account. */
  readonly everywhere?: boolean;
}

const everyClient: readonly RehearsalClient[] = [
  'codex',
  'responses',
  'responses stream',
  'chat',
  'chat stream',
  'websocket',
];
const streams = everyClient.filter((client) => client !== 'responses' && client !== 'chat');

/** What is played. `splice`: whether the person lets cut answers be continued. */
export function scenes(splice: boolean): Scene[] {
  return [
    {
      name: 'rate limit',
      fault: 'an account answers 429 and asks to wait for 7 s',
      script: {
        kind: 'status',
        status: 429,
        headers: { 'retry-after': '7' },
        body: { error: { message: 'Slow down.', type: 'rate_limit_error', code: 'rate_limit_exceeded' } },
      },
      expected: 'whole',
      clients: everyClient,
    },
    {
      name: '5-hour limit',
      fault: 'an account has used up its 5-hour window',
      script: { kind: 'usage-limit', resetsInSeconds: 10_800 },
      expected: 'whole',
      clients: everyClient,
    },
    {
      name: 'limit inside a 200',
      fault: 'an account answers 200 and only then says that its limit is reached',
      script: { kind: 'usage-limit', resetsInSeconds: 10_800, as: 'error-event' },
      expected: 'whole',
      clients: everyClient,
    },
    {
      name: 'server error',
      fault: 'an account answers 503',
      script: { kind: 'status', status: 503, body: { error: { message: 'Unavailable.' } } },
      expected: 'whole',
      clients: everyClient,
    },
    {
      name: 'connection cut',
      fault: 'the connection is cut before anything was answered',
      script: { kind: 'cut', at: 'before-headers', how: 'reset' },
      expected: 'whole',
      clients: everyClient,
    },
    {
      name: 'slow first token',
      fault: 'an account stays silent',
      script: { kind: 'silence', at: 'created' },
      expected: 'whole',
      clients: everyClient,
    },
    {
      name: 'cut mid-stream',
      fault: 'the connection is cut in the middle of the text',
      script: { kind: 'cut', at: 'deltas', afterDeltas: 4, how: 'reset' },
      expected: splice ? 'whole' : 'error',
      clients: streams,
    },
    {
      name: 'failure that the upstream declares',
      fault: 'an account says in the middle of the text that it failed',
      script: { kind: 'failed', code: 'server_error', message: 'It broke.', afterDeltas: 4 },
      expected: 'error',
      clients: streams,
      everywhere: true,
    },
    {
      name: 'everything resting',
      fault: 'every account has used up its window',
      script: { kind: 'usage-limit', resetsInSeconds: 10_800 },
      expected: 'error',
      clients: everyClient,
      everywhere: true,
    },
  ];
}
