import { expect, test } from 'vitest';
import { createRefusalTally } from '../../../src-main/log/refusal-tally.ts';
import { createManualClock } from '../../support/manual-clock.ts';

test('B-17 the first refusal is told at once, and what comes in the minute after it in one line with its number', () => {
  const clock = createManualClock(0);
  const lines: unknown[] = [];
  const refused = createRefusalTally(
    { clock, log: { warn: (fields, sentence) => lines.push([fields, sentence]) } },
    'no',
  );
  for (let n = 0; n < 100; n += 1) refused();
  clock.advance(59_999);
  refused();
  expect(lines).toEqual([[{ refused: 1 }, 'no']]);
  clock.advance(1);
  refused();
  expect(lines).toEqual([
    [{ refused: 1 }, 'no'],
    [{ refused: 101 }, 'no'],
  ]);
});
