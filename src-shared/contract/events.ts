import { z } from 'zod';
import { accountListSchema } from './account.ts';
import { callSchema } from './call.ts';
import { signInListSchema } from './sign-in.ts';
import { statusSchema } from './status.ts';

/**
 * The events of GET /api/events by name. `call` is one call as it is now, first seen or changed; `account` is all
 * accounts; `sign-in` is all sign-ins that run or ended lately; `reset` says that the events since the `last-event-id` are gone, so what was read before must be read again.
 */
export const liveEventSchemas = {
  call: callSchema,
  account: accountListSchema,
  status: statusSchema,
  'sign-in': signInListSchema,
  reset: z.object({}),
} as const;
export type LiveEventName = keyof typeof liveEventSchemas;
