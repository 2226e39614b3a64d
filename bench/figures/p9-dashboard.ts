import { z } from 'zod';
import { endProcess, nextMessage, startScript } from '../child-process.ts';
import { type Figure, relay } from './figure.ts';

const dashboardMessage = z.object({
  firstPaint: z.number(),
  shown: z.number(),
  script: z.number(),
  longestFrame: z.number(),
  slowFrames: z.number(),
});

/** Browser and Relay share the cores, so nothing is pinned. */
export const dashboard: Figure = {
  id: 'P9',
  title: 'The built dashboard in Chromium, nothing cached; then its call log under 200 calls a second',
  rounds: 3,
  lanes: [relay],
  directInEveryRound: false,
  freshTargets: false,
  metrics: [
    { name: 'firstPaint', label: 'first paint', unit: 'ms', digits: 0 },
    { name: 'shown', label: 'overview shown', unit: 'ms', digits: 0 },
    { name: 'script', label: 'script, gzip', unit: 'kB', digits: 0 },
    { name: 'longestFrame', label: 'longest frame', unit: 'ms', digits: 0 },
    { name: 'slowFrames', label: 'frames over 50 ms', unit: '', digits: 0 },
  ],
  goals: [
    { metric: 'firstPaint', lane: 'relay', bound: 'at most', limit: 300 },
    { metric: 'script', lane: 'relay', bound: 'at most', limit: 250 },
    { metric: 'longestFrame', lane: 'relay', bound: 'at most', limit: 50 },
  ],
  async measure() {
    const child = startScript(null, 'dashboard.ts');
    try {
      return dashboardMessage.parse(await nextMessage(child));
    } finally {
      await endProcess(child);
    }
  },
};
