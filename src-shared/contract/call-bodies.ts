import { z } from 'zod';

/** What a key's calls leave behind besides their row: nothing, bodies of calls that did not end well, or all bodies. */
export const captureSchema = z.enum(['failed', 'all']);

const headers = z.record(z.string(), z.string());

/** A body as text, without secrets; long base64 is its length and digest. */
const bodySchema = z.object({
  text: z.string(),
  /** How long it was as it came. */
  bytes: z.number().int(),
  /** Only its beginning is here. */
  cut: z.boolean(),
});
export type CapturedBody = z.infer<typeof bodySchema>;

/** Bodies and headers of one call: GET /api/calls/{id}/bodies. They hold prompts and answers. */
export const callBodiesSchema = z.object({
  callId: z.string(),
  at: z.number().int(),
  request: z.object({ headers, body: bodySchema }),
  /** One for each attempt that was sent, in order. `body` is `null` where it was the one before it, the client's own at first. */
  sent: z.array(z.object({ accountId: z.string(), headers, body: bodySchema.nullable() })),
  /** The head of the upstream's answer that was passed on; `null` where there was none. */
  upstream: z.object({ headers }).nullable(),
  /** As the client got it; `status` is `null` for a WebSocket, or where the client left before there was an answer. */
  answer: z.object({ status: z.number().int().nullable(), headers, body: bodySchema }),
});
export type CallBodies = z.infer<typeof callBodiesSchema>;

/** The answer of DELETE /api/bodies. */
export const erasedBodiesSchema = z.object({ erased: z.number().int() });

/** All captured bodies together: GET /api/bodies. */
export const keptBodiesSchema = z.object({
  calls: z.number().int(),
  bytes: z.number().int(),
  oldestAt: z.number().int().nullable(),
  /** Of this run: there was no room in memory for them, or they came too late for the database. */
  dropped: z.number().int(),
});
export type KeptBodies = z.infer<typeof keptBodiesSchema>;
