import { Agent, createServer, request } from 'node:http';

/** The least that a proxy in Node does: bytes on, both ways, and nothing looked at. */
const upstreamPort = Number(process.argv[2]);
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 4096 });

const server = createServer({ noDelay: true, keepAliveTimeout: 600_000 }, (incoming, outgoing) => {
  const { host: _host, connection: _connection, ...headers } = incoming.headers;
  const onward = request(
    { host: '127.0.0.1', port: upstreamPort, method: incoming.method, path: incoming.url, headers, agent },
    (answer) => {
      const { connection: _kept, 'transfer-encoding': _chunked, ...answerHeaders } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 502, answerHeaders);
      answer.on('data', (bytes) => {
        if (!outgoing.write(bytes)) answer.pause();
      });
      outgoing.on('drain', () => answer.resume());
      answer.on('end', () => outgoing.end());
    },
  );
  onward.on('error', () => outgoing.destroy());
  outgoing.on('close', () => {
    if (!outgoing.writableFinished) onward.destroy();
  });
  incoming.pipe(onward);
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  const address = server.address();
  if (address && typeof address === 'object') process.send?.({ port: address.port });
});
process.on('disconnect', () => process.exit(0));
