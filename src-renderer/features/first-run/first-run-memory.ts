import { z } from 'zod';

const memorySchema = z.object({
  /** `open` from the first look at it until a person ends it one way or the other. */
  state: z.enum(['new', 'open', 'skipped', 'done']),
  /** The client that was chosen, and the key that it was given: its calls are waited for. */
  client: z.string().nullable(),
  keyId: z.string().nullable(),
});
export type FirstRunMemory = z.infer<typeof memorySchema>;

const name = 'relay.first-run';
const fresh: FirstRunMemory = { state: 'new', client: null, keyId: null };

/** How far the first steps have come in this browser, so that they can be taken up again. No secret is in it. */
export function readFirstRun(): FirstRunMemory {
  try {
    return memorySchema.parse(JSON.parse(localStorage.getItem(name) ?? ''));
  } catch {
    return fresh;
  }
}

export function writeFirstRun(change: Partial<FirstRunMemory>): FirstRunMemory {
  const next = { ...readFirstRun(), ...change };
  localStorage.setItem(name, JSON.stringify(next));
  return next;
}
