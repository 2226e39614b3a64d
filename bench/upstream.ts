import { createServer, type Socket } from 'node:net';
import { JSON_ANSWER, MODELS_ANSWER, NOT_FOUND_ANSWER, SHORT_ANSWER, THREE_EVENT_ANSWER } from './wire/answers.ts';
import { readOrder } from './wire/order.ts';
import { createRequestReader, type Request } from './wire/request-reader.ts';
import { createStreamWriter } from './wire/stream-writer.ts';

/** The process behind every target: an OpenAI API made of ready bytes on bare sockets, so that it is never the slow one. */
const writer = createStreamWriter();

function answer(socket: Socket, request: Request): void {
  if (request.path.endsWith('/models')) {
    socket.write(MODELS_ANSWER);
  } else if (request.method !== 'POST' || !request.path.endsWith('/responses')) {
    socket.write(NOT_FOUND_ANSWER);
  } else if (!/"stream": *true/.test(request.body)) {
    socket.write(JSON_ANSWER);
  } else {
    const order = readOrder(request.body);
    if (order.kind === 'paced') writer.writePaced(socket, order.intervalMs, order.deltas);
    else writer.writeInTurns(socket, order.kind === 'three' ? THREE_EVENT_ANSWER : SHORT_ANSWER);
  }
}

const server = createServer({ noDelay: true }, (socket) => {
  const read = createRequestReader((request) => answer(socket, request));
  socket.on('data', read);
  socket.on('error', () => socket.destroy());
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  const address = server.address();
  if (address && typeof address === 'object') process.send?.({ port: address.port });
});
process.on('disconnect', () => process.exit(0));
