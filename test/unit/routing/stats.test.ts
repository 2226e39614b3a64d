import { expect, test } from 'vitest';
import { createStats } from '../../../src-main/routing/stats.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const TEN_MINUTES = 600_000;

test('what an account did fades by half in ten minutes, for each model apart', () => {
  const clock = createManualClock(0);
  const stats = createStats(clock);
  stats.served('a', 'm', 400);
  stats.served('a', 'm', null);
  stats.failed('a', 'm');
  stats.failed('a', 'other');
  expect(stats.recent('a', 'm')).toMatchObject({ served: 2, tried: 3, ttftMs: 400 });
  clock.advance(TEN_MINUTES);
  expect(stats.recent('a', 'm')).toMatchObject({ served: 1, tried: 1.5, ttftMs: 400 });
  stats.served('a', 'm', 1_000);
  expect(stats.recent('a', 'm')).toMatchObject({ served: 2, tried: 2.5, ttftMs: 800 });
  expect(stats.all()).toEqual([
    { accountId: 'a', model: 'other', recent: { served: 0, tried: 0.5, ttftMs: null } },
    { accountId: 'a', model: 'm', recent: { served: 2, tried: 2.5, ttftMs: 800 } },
  ]);
});

test('after an hour without calls nothing is known any more', () => {
  const clock = createManualClock(0);
  const stats = createStats(clock);
  stats.served('a', 'm', 400);
  clock.advance(6 * TEN_MINUTES);
  expect([stats.recent('a', 'm'), stats.recent('b', 'm'), stats.all()]).toEqual([null, null, []]);
});

test('turns count the choices since an account was chosen last', () => {
  const stats = createStats(createManualClock(0));
  for (const id of ['a', 'b', 'a', 'c']) stats.chosen(id);
  expect(['a', 'b', 'c', 'd'].map(stats.turnsSince)).toEqual([1, 2, 0, null]);
});

test('it remembers the models used last, and no more than a hundred', () => {
  const stats = createStats(createManualClock(0));
  for (let model = 0; model < 150; model += 1) {
    stats.failed('a', `m${model}`);
    stats.failed('a', 'kept');
  }
  expect(stats.all()).toHaveLength(100);
  expect([stats.recent('a', 'm50'), stats.recent('a', 'm51')?.tried, stats.recent('a', 'kept')?.tried]).toEqual([
    null,
    1,
    150,
  ]);
});
