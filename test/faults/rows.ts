/** How many rows each section of the catalogue of faults has: U-01 to U-30 and so on, 134 in all. */
const sections = { U: 30, A: 16, C: 24, L: 10, R: 11, S: 13, P: 12, B: 18 } as const;

export const rowIds: readonly string[] = Object.entries(sections).flatMap(([section, count]) =>
  Array.from({ length: count }, (_, index) => `${section}-${String(index + 1).padStart(2, '0')}`),
);

/** Rows that no test of this folder can show, and why; where another part of the suite shows them, its name. */
export const notHere: Readonly<Record<string, string>> = {
  'A-01':
    'needs a login of ten days on an injected clock: test/unit/accounts/keep-alive.test.ts, on the real simulator',
  'A-02': 'needs an injected clock: test/unit/accounts/keep-alive.test.ts, on the real simulator',
  'A-08': 'a process has no clock of its own to put forward: test/unit/accounts/keep-alive.test.ts',
  'A-09': 'needs a keychain of the desktop session: test/integration/keychain.test.ts locks and unlocks one',
  'L-08': 'test/integration/limits-under-load.test.ts: a process of its own, killed with -9 and started again',
  'L-09': 'needs a clock that jumps: test/unit/keys/key-limits.test.ts',
  'S-01': 'needs a small file system, mounted as root: test/integration/ledger-full-disk.test.ts',
  'S-02': 'test/integration/ledger-lock.test.ts: a second program holds the lock, calls of a real Relay go on',
  'S-03': 'test/unit/ledger/open-database.test.ts; the question to the person: test/integration/desktop.test.ts',
  'S-04': 'test/unit/ledger/migrations.test.ts: a real process, killed at each statement',
  'S-05': 'test/unit/ledger/migrations.test.ts: every version there was, with all its rows',
  'S-06': 'test/unit/ledger/open-database.test.ts: refused, and not a byte of the file changes',
  'S-07': 'test/unit/ledger/open-database.test.ts: two openings at once migrate once',
  'S-08': 'test/unit/config/data-folder.test.ts and test/integration/command-line.test.ts',
  'S-09': 'needs the size of a log that grew under a reader: test/unit/ledger/wal-bound.test.ts',
  'S-13': 'there is no settings file: settings are rows of the database, test/unit/config/settings-store.test.ts',
  'P-01': 'test/integration/command-line.test.ts: the other program gets no request',
  'P-02': 'test/integration/command-line.test.ts; the app: test/integration/desktop.test.ts',
  'P-09': 'test/integration/desktop.test.ts: the window crashes, calls go on',
  'P-12': 'needs Electron and a feed of updates: test/unit/shell/updates.test.ts',
  'B-05': 'needs a browser: test/live/hostile-text.test.ts',
  'B-11': 'needs the ports of the sign-in service, which may be somebody’s: test/unit/sign-in/browser-sign-in.test.ts',
  'B-15': 'needs a browser: test/live/entrance.test.ts',
  'B-16': 'needs the app’s window: test/unit/shell/window-calls.test.ts and test/unit/shell/window-security.test.ts',
  'B-18': 'test/packaging/desktop-package.test.ts and test/packaging/electron-builder.test.ts, on what was built',
};

/** Rows that the catalogue does not have: what happens, and the right answer. */
export const beyondRows: Readonly<Record<string, string>> = {
  'X-01': 'a WebSocket upgrade without a valid key, path or scope: refused as JSON before it is opened',
  'X-02': 'an upgrade that is no handshake of a WebSocket: refused as JSON',
  'X-03': 'a request that offers h2c: answered as the plain request that it is',
  'X-04': 'a binary frame: close 1003, no call',
  'X-05': 'a message that is no response.create: an error that names type, no call',
  'X-06': 'a frame over limits.bodyBytes: an error and close 1009; a changed limit holds for the next request',
  'X-07': 'text that is not UTF-8: close 1007',
  'X-08': 'the client leaves in the middle of a frame: no call',
  'X-09': 'the client leaves in the middle of an answer: upstream ended, row cancelled, place free',
  'X-10': 'several requests at once on one socket: answered whole, in order',
  'X-11': 'the client leaves while requests wait on its socket: they are asked of nobody',
  'X-12': 'more requests pile up on a socket than may wait: refused in words, the others answered',
  'X-13': 'the client stops reading its socket: let go after timeouts.clientDrainMs, upstream ended',
  'X-14': 'the client’s machine is gone: pings find it, its socket ends; one that is only quiet stays',
  'X-15': 'the key is revoked while its socket is open: the running answer ends, the next request is 401',
  'X-16': 'a key changes while its socket is open: the next request has the new scope',
  'X-17': 'SIGTERM while a socket is answered: answered whole, then close 1012, exit 0',
  'X-18': 'SIGTERM while a client answers no close of its socket: the exit does not wait for it',
  'X-44':
    'clients hold back the ends of their bodies: what does not fit in memory is a 503 with Retry-After, what is whole is let in',
};
