import { expect, test } from 'vitest';
import { pathFailure, unsentFailure } from '../../../src-main/routing/failure.ts';
import { newProgress, noteFailure, noteHeld, searchLeftMs } from '../../../src-main/routing/progress.ts';
import { settingsSchema } from '../../../src-shared/contract/settings.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';

const limits = { ...settingsSchema.parse({}), 'routing.holdMs': 60_000, 'routing.totalMs': 10_000 };
const limited = { ...unsentFailure(new RelayError('usage_limit_reached')), blame: 'limit' } as const;

test('an account whose limit ends is tried again, but not for the fourth time', () => {
  const progress = newProgress(limits, null, 0, null);
  const triedAgain: boolean[] = [];
  for (let time = 0; time < 4; time += 1) {
    progress.tried.add('a');
    noteFailure(progress, 'a', limited);
    noteHeld(progress, 1_000, false);
    triedAgain.push(!progress.tried.has('a'));
  }
  expect({ triedAgain, limited: [...progress.limited], holdLeftMs: progress.holdLeftMs }).toEqual({
    triedAgain: [true, true, false, false],
    limited: [['a', 4]],
    holdLeftMs: 56_000,
  });
});

test('what failed on the way may be tried again until it fails for another reason', () => {
  const progress = newProgress(limits, null, 0, null);
  const cut = pathFailure(new RelayError('upstream_timeout'), 'cut');
  noteFailure(progress, 'a', cut);
  noteFailure(progress, 'b', cut);
  noteFailure(progress, 'a', limited);
  expect({
    retryable: [...progress.retryable],
    pathFailures: progress.pathFailures,
    last: progress.last,
    error: progress.error,
  }).toEqual({ retryable: ['b'], pathFailures: 2, last: limited, error: cut.error });
});

test('a call is held for half of its client’s patience at most, and the time it is held is not part of its search', () => {
  const progress = newProgress(limits, null, 1_000, 50_000);
  expect([progress.holdLeftMs, progress.lingerLeftMs, searchLeftMs(progress, 4_000)]).toEqual([25_000, 5_000, 7_000]);
  noteHeld(progress, 2_000, true);
  expect([progress.holdLeftMs, progress.lingerLeftMs, searchLeftMs(progress, 4_000)]).toEqual([23_000, 3_000, 9_000]);
});
