import { z } from 'zod';

/** The body of POST /api/session: the one-time token that `relay open` or the app's window brought along. */
export const sessionEnterSchema = z.object({ token: z.string().min(1).max(200) });

/** The answer; the session itself is an HttpOnly cookie. */
export const sessionSchema = z.object({ expiresAt: z.number().int() });
export type SessionView = z.infer<typeof sessionSchema>;

/** The answer of POST /api/session/link: a one-time token that signs a browser in at `<url>/#/enter/<token>`. */
export const sessionLinkSchema = z.object({ token: z.string() });
export type SessionLink = z.infer<typeof sessionLinkSchema>;
