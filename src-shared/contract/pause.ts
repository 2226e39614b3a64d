import { z } from 'zod';

/** Relay as a whole is paused by a person; `until: null` until they resume it. */
export const relayPauseSchema = z.object({ since: z.number().int(), until: z.number().int().nullable() });
export type RelayPause = z.infer<typeof relayPauseSchema>;

/** The body of POST /api/relay/pause: for a time or, empty, until it is resumed. */
export const pauseWishSchema = z.strictObject({
  forMs: z
    .number()
    .int()
    .min(1_000)
    .max(366 * 86_400_000)
    .optional(),
});
export type PauseWish = z.infer<typeof pauseWishSchema>;

/** The answer of GET /api/relay and of both POSTs. */
export const relayStateSchema = z.object({ pause: relayPauseSchema.nullable() });
export type RelayState = z.infer<typeof relayStateSchema>;
