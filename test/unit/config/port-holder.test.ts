import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { findPortHolder, type PortHolderPorts } from '../../../src-main/config/port-holder.ts';

const nothing: PortHolderPorts = {
  platform: 'linux',
  readFile: async () => Promise.reject(new Error('ENOENT')),
  readdir: async () => Promise.reject(new Error('ENOENT')),
  readlink: async () => Promise.reject(new Error('EACCES')),
  run: async () => Promise.reject(new Error('ENOENT')),
};

test.runIf(process.platform === 'linux')('the holder of a port of this machine is found by itself', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  expect(await findPortHolder(port)).toEqual({ name: expect.stringMatching(/\S/), pid: process.pid });
  await new Promise((resolve) => server.close(resolve));
  expect(await findPortHolder(port)).toBeNull();
});

const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const line = (local: string, state: string, inode: number): string =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0 100 0 0 10 0`;

const proc: PortHolderPorts = {
  ...nothing,
  async readFile(path) {
    if (path === '/proc/net/tcp')
      return [head, line('0100007F:05AF', '01', 11), line('0100007F:05B1', '0A', 12)].join('\n');
    if (path === '/proc/net/tcp6') return [head, line('00000000000000000000000000000000:05AF', '0A', 13)].join('\n');
    if (path === '/proc/42/comm') return 'codex\n';
    throw new Error('ENOENT');
  },
  async readdir(path) {
    const folders: Record<string, string[]> = {
      '/proc': ['self', '7', '41', '42'],
      '/proc/41/fd': ['0', '3'],
      '/proc/42/fd': ['5'],
    };
    return folders[path] ?? Promise.reject(new Error('EACCES'));
  },
  async readlink(path) {
    return path === '/proc/42/fd/5' ? 'socket:[13]' : 'socket:[11]';
  },
};

test('on Linux the socket that listens, IPv6 among them, leads to its process; one that is only connected does not', async () => {
  expect([await findPortHolder(1455, proc), await findPortHolder(1457, proc), await findPortHolder(80, proc)]).toEqual([
    { name: 'codex', pid: 42 },
    null,
    null,
  ]);
});

test('on macOS lsof is asked', async () => {
  const asked: unknown[] = [];
  const mac: PortHolderPorts = {
    ...nothing,
    platform: 'darwin',
    async run(program, args) {
      asked.push([program, ...args]);
      return 'p4711\ncCode\\x20Helper\u001b\nf12\n';
    },
  };
  expect(await findPortHolder(1455, mac)).toEqual({ name: 'Code\\x20Helper', pid: 4711 });
  expect(asked).toEqual([['lsof', '-nP', '-iTCP:1455', '-sTCP:LISTEN', '-Fpc']]);
});

test.each(['linux', 'darwin', 'win32'] as const)(
  'where nothing can be seen on %s, nobody is named',
  async (platform) => {
    expect(await findPortHolder(1455, { ...nothing, platform })).toBeNull();
  },
);
