import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import type { PortHolder } from '../../config/port-holder.ts';
import { createTurns } from '../../secrets/turns.ts';
import { CALLBACK_PATH } from './authorize-url.ts';
import { sendPage } from './callback-page.ts';

export interface CallbackListenerPorts {
  /** Tried in this order; 0 takes a free one. */
  readonly ports: readonly number[];
  readonly holderOf: (port: number) => Promise<PortHolder | null>;
  /** What the parameters of a callback lead to. */
  readonly answer: (parameters: URLSearchParams) => Promise<CallbackOutcome>;
}

export interface CallbackOutcome {
  readonly status: 200 | 400 | 502;
  readonly sentence: string;
}

export interface CallbackListener {
  /**
   * Listens on 127.0.0.1 and nowhere else until every hold was released. Rejects with `conflict`, which says who has the
   * ports and how to sign in nevertheless.
   */
  hold(): Promise<CallbackHold>;
}

export interface CallbackHold {
  readonly redirectUri: string;
  release(): void;
}

/** Where the browser comes back to. One server for all sign-ins that wait: they are told apart by their state. */
export function createCallbackListener(ports: CallbackListenerPorts): CallbackListener {
  let open: { readonly server: Server; readonly port: number } | null = null;
  let holds = 0;
  const inTurn = createTurns();

  const serve = async (request: IncomingMessage, response: ServerResponse, port: number): Promise<void> => {
    const url = URL.parse(request.url ?? '', 'http://127.0.0.1');
    const { host } = request.headers;
    // A name that leads here by somebody else's DNS is not ours (FAULTS B-10).
    if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) return sendPage(response, 400, notOurs);
    if (request.method !== 'GET' || url?.pathname !== CALLBACK_PATH) return sendPage(response, 404, notThere);
    const { status, sentence } = await ports.answer(url.searchParams);
    sendPage(response, status, sentence);
  };

  const listen = async (): Promise<{ server: Server; port: number }> => {
    for (const wanted of ports.ports) {
      const server = createServer({ maxHeaderSize: 16_384, requestTimeout: 10_000 });
      if (!(await takesPort(server, wanted))) continue;
      const { port } = server.address() as AddressInfo;
      server.on('request', (request, response) => {
        serve(request, response, port).catch(() => sendPage(response, 502, failed));
      });
      return { server, port };
    }
    throw new RelayError('conflict', { message: await busySentence(ports) });
  };

  return {
    hold: () =>
      inTurn(async () => {
        open ??= await listen();
        holds += 1;
        let isHeld = true;
        return {
          redirectUri: `http://127.0.0.1:${open.port}${CALLBACK_PATH}`,
          release() {
            if (!isHeld) return;
            isHeld = false;
            holds -= 1;
            if (holds > 0) return;
            // The answer that is on its way still goes out.
            open?.server.close();
            open?.server.closeIdleConnections();
            open = null;
          },
        };
      }),
  };
}

function takesPort(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
}

async function busySentence({ ports, holderOf }: CallbackListenerPorts): Promise<string> {
  const held = await Promise.all(
    ports.map(async (port) => {
      const holder = await holderOf(port);
      return `${holder === null ? 'another program' : `${holder.name} (process ${holder.pid})`} holds port ${port}`;
    }),
  );
  return (
    `The sign-in cannot come back to this machine: ${held.join(' and ')}. End that program and try again, use a device ` +
    'code (relay login --device), or paste the address that the browser ends at (relay login --paste).'
  );
}

const notOurs = 'Relay answers only at its own address.';
const notThere = 'There is nothing here.';
const failed = 'Something went wrong inside Relay. Start the sign-in again.';
