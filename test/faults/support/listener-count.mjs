// Loaded into the real program with `node --import` (C-14): each answer tells how many listeners its connection has.
import { subscribe } from 'node:diagnostics_channel';

subscribe('http.server.request.start', ({ socket, response }) => {
  const count = socket.eventNames().reduce((sum, name) => sum + socket.listenerCount(name), 0);
  response.setHeader('x-listeners', String(count));
});
