import { Refused } from './refused.ts';

const sentences: Readonly<Record<string, (port: number, bind: string) => string>> = {
  EADDRINUSE: (port) =>
    `Port ${port} is taken by another program. Choose another one with --port or RELAY_PORT, or end that program.`,
  EACCES: (port) => `This user may not listen on port ${port}. Choose one above 1023 with --port or RELAY_PORT.`,
  EADDRNOTAVAIL: (_port, bind) => `This machine has no address ${bind}. Choose another one with --bind.`,
  ENOTFOUND: (_port, bind) => `${bind} is not an address. Choose another one with --bind.`,
};

/** The system's refusal to listen as one sentence; anything else as it came. */
export function listenError(error: unknown, port: number, bind: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const sentence = sentences[code];
  return sentence === undefined ? error : new Refused(sentence(port, bind));
}
