import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { HeadlessRelay } from './headless-relay.ts';

/** A client that sends what it is given to the byte, with the Relay's own key unless another is named. */
export function socketClient({ url, key }: Pick<HeadlessRelay, 'url' | 'key'>) {
  const { host, hostname, port } = new URL(url);
  const head = (line: string, headers: Readonly<Record<string, string | number>> = {}): string =>
    [
      `${line} HTTP/1.1`,
      `Host: ${host}`,
      `Authorization: Bearer ${key}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      '\r\n',
    ].join('\r\n');
  const postHead = (bytes: number, headers: Readonly<Record<string, string | number>> = {}): string =>
    head('POST /v1/responses', { 'Content-Type': 'application/json', 'Content-Length': bytes, ...headers });

  return {
    head,
    postHead,
    /** A whole Responses request. */
    post: (body: string, headers: Readonly<Record<string, string | number>> = {}): string =>
      postHead(Buffer.byteLength(body), headers) + body,
    /** A connection from which nothing is read yet. */
    async open(): Promise<Socket> {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined).pause();
      await once(socket, 'connect');
      return socket;
    },
    /** All that comes back over one connection until it ends. */
    exchange(text: string, halfOpen = false): Promise<string> {
      return new Promise((resolve, reject) => {
        const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: halfOpen }, () =>
          halfOpen ? socket.end(text) : socket.write(text),
        );
        let received = '';
        socket.on('data', (chunk) => {
          received += chunk;
        });
        socket.on('end', () => {
          socket.destroy();
          resolve(received);
        });
        socket.on('error', reject);
      });
    },
  };
}
