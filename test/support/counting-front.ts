import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CountingFront {
  readonly url: string;
  /** The most requests for this path that were under way at once. */
  most(path: string): number;
  stop(): Promise<void>;
}

/** Stands in front of a server, passes everything on, and counts what is under way at once. */
export async function startCountingFront(target: string): Promise<CountingFront> {
  const { hostname, port } = new URL(target);
  const now = new Map<string, number>();
  const most = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const count = (change: number): void => {
      now.set(path, (now.get(path) ?? 0) + change);
      most.set(path, Math.max(most.get(path) ?? 0, now.get(path) ?? 0));
    };
    count(1);
    response.on('close', () => count(-1));
    const { method, headers } = request;
    const onward = httpRequest({ hostname, port, path, method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    most: (path) => most.get(path) ?? 0,
    stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}
