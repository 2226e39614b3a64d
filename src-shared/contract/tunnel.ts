import { z } from 'zod';

/** Programs that can carry a port of this machine to the internet. */
export const tunnelViaSchema = z.enum(['cloudflared', 'tailscale']);
export type TunnelVia = z.infer<typeof tunnelViaSchema>;

/** A public https address that leads to /v1, for clients whose calls come from their maker's servers. Off until a person opens it. */
export const tunnelSchema = z.object({
  state: z.enum(['off', 'opening', 'open']),
  via: tunnelViaSchema.nullable(),
  /** With `/v1`; `null` unless it is open. */
  baseUrl: z.string().nullable(),
  /** The only key that is taken there. */
  keyId: z.string().nullable(),
  openedAt: z.number().int().nullable(),
  /** When it closes by itself, and its key with it. */
  expiresAt: z.number().int().nullable(),
  /** Why the last one ended by itself. */
  reason: z.string().nullable(),
  /** Which of the programs are on this machine. */
  installed: z.array(tunnelViaSchema),
});
export type TunnelView = z.infer<typeof tunnelSchema>;

/** What the status says of an open tunnel. */
export const openTunnelSchema = z.object({
  via: tunnelViaSchema,
  baseUrl: z.string(),
  openedAt: z.number().int(),
  expiresAt: z.number().int(),
});
export type OpenTunnel = z.infer<typeof openTunnelSchema>;

/** The body of POST /api/tunnel: through what (default: the first that is installed), and for how long (ms; default half a day). */
export const tunnelStartSchema = z
  .object({
    via: tunnelViaSchema.optional(),
    forMs: z
      .number()
      .int()
      .min(60_000)
      .max(7 * 86_400_000)
      .optional(),
  })
  .strict();
export type TunnelStart = z.infer<typeof tunnelStartSchema>;

/** The only answer that holds the tunnel's key. */
export const tunnelOpenedSchema = tunnelSchema.extend({ secret: z.string() });
export type TunnelOpened = z.infer<typeof tunnelOpenedSchema>;
