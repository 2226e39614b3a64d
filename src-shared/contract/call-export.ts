import { z } from 'zod';
import { callSchema } from './call.ts';
import { callBodiesSchema } from './call-bodies.ts';
import { decisionSchema } from './decision.ts';

const { request, sent, upstream, answer } = callBodiesSchema.shape;
const withoutBody = {
  request: request.omit({ body: true }),
  sent: z.array(sent.element.omit({ body: true })),
  upstream,
  answer: answer.omit({ body: true }),
};

/**
 * One call for a bug report: GET /api/calls/{id}/export. Names of accounts, keys, projects and members, mail addresses, ids, hosts
 * and addresses are replaced, the same one by the same everywhere in one export; secrets are gone.
 */
export const callExportSchema = z.object({
  format: z.literal('relay-call'),
  version: z.literal(1),
  relay: z.object({ version: z.string(), node: z.string(), platform: z.string() }),
  call: callSchema,
  decisions: z.array(decisionSchema),
  /** `null` where the key does not ask for them to be kept. */
  headers: z.object(withoutBody).nullable(),
  /** Only where they are kept and were asked for. */
  bodies: callBodiesSchema.pick({ request: true, sent: true, answer: true }).nullable(),
});
export type CallExport = z.infer<typeof callExportSchema>;

export const callExportQuerySchema = z.object({
  format: z.enum(['json', 'har']).default('json'),
  /** With prompts and answers. */
  bodies: z.enum(['0', '1']).default('0'),
});

/** HTTP Archive 1.2, as far as it is known; what is not is -1 or empty, as the format has it. */
const harPairs = z.array(z.object({ name: z.string(), value: z.string() }));
export const harSchema = z.object({
  log: z.object({
    version: z.literal('1.2'),
    creator: z.object({ name: z.string(), version: z.string() }),
    entries: z.array(
      z.object({
        startedDateTime: z.string(),
        time: z.number(),
        request: z.object({
          method: z.string(),
          url: z.string(),
          httpVersion: z.string(),
          cookies: z.tuple([]),
          headers: harPairs,
          queryString: z.tuple([]),
          postData: z.object({ mimeType: z.string(), text: z.string() }).optional(),
          headersSize: z.number(),
          bodySize: z.number(),
        }),
        response: z.object({
          status: z.number(),
          statusText: z.string(),
          httpVersion: z.string(),
          cookies: z.tuple([]),
          headers: harPairs,
          content: z.object({ size: z.number(), mimeType: z.string(), text: z.string().optional() }),
          redirectURL: z.string(),
          headersSize: z.number(),
          bodySize: z.number(),
        }),
        cache: z.object({}),
        timings: z.object({ send: z.number(), wait: z.number(), receive: z.number() }),
        comment: z.string(),
      }),
    ),
  }),
});
export type Har = z.infer<typeof harSchema>;
