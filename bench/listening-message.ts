import { z } from 'zod';

/** What a server script of the bench says when it listens. */
export const listeningMessage = z.object({ port: z.number().int() });
