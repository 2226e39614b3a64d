import type { Figure } from './figure.ts';
import { firstToken } from './p1-first-token.ts';
import { shortStreams } from './p2-short-streams.ts';
import { shortCalls } from './p3-short-calls.ts';
import { hundredStreams, threeHundredStreams } from './p4-paced-streams.ts';
import { saturation, thousandStreams } from './p5-open-streams.ts';
import { largeBodies } from './p5b-large-bodies.ts';
import { choices } from './p6-choices.ts';
import { dashboard } from './p9-dashboard.ts';

export const figures: Figure[] = [
  firstToken,
  shortStreams,
  shortCalls,
  hundredStreams,
  threeHundredStreams,
  thousandStreams,
  saturation,
  largeBodies,
  choices,
  dashboard,
];

/** Goals that nothing here measures yet, and what they wait for. */
export const notMeasured: Record<string, string> = {
  P8: 'node bench/full-ledger.ts',
  P11: 'node bench/full-ledger.ts',
};
