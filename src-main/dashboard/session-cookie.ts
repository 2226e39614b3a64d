import type { Request, Response } from 'express';

/** Cookies ignore ports: the name carries ours, so that two Relays on one machine do not sign each other out. */
const cookieName = (request: Request): string => `relay_session_${request.socket.localPort ?? 0}`;

export function readSessionCookie(request: Request): string | null {
  const prefix = `${cookieName(request)}=`;
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const pair = part.trim();
    if (pair.startsWith(prefix)) return pair.slice(prefix.length);
  }
  return null;
}

/** Only for /api: other programs on this host name and another port never see it with their pages. */
export function setSessionCookie(request: Request, response: Response, value: string, maxAgeMs: number): void {
  response.cookie(cookieName(request), value, {
    httpOnly: true,
    secure: request.secure,
    sameSite: 'strict',
    path: '/api',
    maxAge: maxAgeMs,
  });
}
