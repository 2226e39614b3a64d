import { expect, test } from 'vitest';
import { createStopCutter } from '../../../src-main/protocol/stop-cutter.ts';

test('the cutter holds back only what may become a stop sequence', () => {
  const cutter = createStopCutter(['<end>', 'ab']);
  expect([cutter.push('x<e'), cutter.push('nd'), cutter.push('!a'), cutter.flush()]).toEqual(['x', '', '<end!', 'a']);
});
