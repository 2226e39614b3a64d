import type { Destination } from './job.ts';

/** A whole HTTP request, ready for the socket. */
export function requestBytes(to: Destination, body: string): Buffer {
  const payload = Buffer.from(body);
  const headers = {
    host: `127.0.0.1:${to.port}`,
    'content-type': 'application/json',
    accept: '*/*',
    'user-agent': 'relay-bench',
    ...to.headers,
    'content-length': String(payload.length),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`POST ${to.path} HTTP/1.1\r\n${lines.join('')}\r\n`), payload]);
}
