import { z } from 'zod';
import { endProcess, nextMessage, startScript } from '../child-process.ts';
import { type Figure, relay } from './figure.ts';

const choicesMessage = z.object({ chosen: z.number(), recorded: z.number(), bytes: z.number() });

export const choices: Figure = {
  id: 'P6',
  title: 'Choosing among 50 accounts, in a process that does nothing else',
  rounds: 5,
  lanes: [relay],
  directInEveryRound: false,
  freshTargets: false,
  metrics: [
    { name: 'chosen', label: 'chosen', unit: 'us', digits: 1 },
    { name: 'recorded', label: 'chosen and recorded', unit: 'us', digits: 1 },
    { name: 'bytes', label: 'bytes in the journal', unit: '', digits: 0 },
  ],
  goals: [{ metric: 'recorded', lane: 'relay', bound: 'at most', limit: 50 }],
  async measure({ core }) {
    const child = startScript(core, 'choices.ts');
    try {
      return choicesMessage.parse(await nextMessage(child));
    } finally {
      await endProcess(child);
    }
  },
};
