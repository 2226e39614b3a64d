import type { CallBodies } from '../../../src-shared/contract/call-bodies.ts';
import type { Kept } from '../../../src-shared/contract/status.ts';
import { startAt } from './samples.ts';

export const bodies: CallBodies = {
  callId: 'call_1',
  at: startAt,
  request: { headers: { authorization: '[redacted]' }, body: { text: '{"input":"hi"}', bytes: 14, cut: false } },
  sent: [{ accountId: 'acc_1', headers: {}, body: null }],
  upstream: { headers: { 'content-type': 'text/event-stream' } },
  answer: { status: 200, headers: {}, body: { text: 'data: {}', bytes: 8, cut: false } },
};

export const kept: Kept = {
  calls: 12,
  oldestAt: startAt,
  bytes: 40_960,
  bodies: { calls: 3, bytes: 1_024, oldestAt: startAt, dropped: 0 },
};
