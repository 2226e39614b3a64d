// Loaded into the real program with `node --import` (P-10): something of Node's throws, wherever these words come by.
import { ServerResponse } from 'node:http';
import { isMainThread } from 'node:worker_threads';

/** Replaces a method by one that throws when its arguments have the word in them. */
function plant(owner, name, word) {
  const original = owner[name];
  owner[name] = function (...given) {
    if (given.flat().some((each) => String(each).includes(word))) throw new RangeError(`planted: ${word}`);
    return original.apply(this, given);
  };
}

if (isMainThread) {
  plant(ServerResponse.prototype, 'write', 'planted-in-a-stream');
  plant(ServerResponse.prototype, 'end', 'planted-at-the-end');
  plant(JSON, 'parse', 'planted-in-json');
  plant(Buffer, 'concat', 'planted-in-a-body');
  process.on('SIGUSR2', () => {
    setTimeout(() => {
      throw new Error('planted in a timer');
    });
    setTimeout(() => void Promise.reject(new Error('planted in a promise')));
  });
}
