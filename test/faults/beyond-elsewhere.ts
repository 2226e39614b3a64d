export interface RowElsewhere {
  /** What happens, and the right answer. */
  readonly row: string;
  /** From the root of the repository. */
  readonly file: string;
  /** The test's name, or its beginning. */
  readonly test: string;
}

const splice = 'test/integration/splice.test.ts';
const spliceAccounts = 'test/integration/splice-accounts.test.ts';
const spliceRefused = 'test/integration/splice-refused.test.ts';
const hold = 'test/faults/hold.test.ts';
const overflow = 'test/faults/overflow.test.ts';
const rehearsal = 'test/integration/rehearsal.test.ts';
const linked = 'test/unit/accounts/credentials.test.ts';
const refresh = 'test/unit/accounts/refresh.test.ts';
const access = 'test/unit/dashboard/access.test.ts';
const tunnel = 'test/integration/tunnel.test.ts';
const tunnelEnd = 'test/integration/tunnel-end.test.ts';

/** Rows that the catalogue does not have, and that tests of other names show. */
export const beyondElsewhere: Readonly<Record<string, RowElsewhere>> = {
  'X-20': {
    row: 'a text is cut after any of its deltas: another account finishes it, to the letter',
    file: splice,
    test: 'a text that is cut (',
  },
  'X-21': {
    row: 'an account falls silent in its text: it is left, the client is kept alive meanwhile',
    file: splice,
    test: 'an account that falls silent in its text is left',
  },
  'X-22': {
    row: 'the client leaves while the rest is asked for: that ends too',
    file: splice,
    test: 'a client that leaves while the rest is asked for ends that too',
  },
  'X-23': {
    row: 'no account can go on: the client gets why its answer broke off',
    file: spliceAccounts,
    test: 'where no account can go on',
  },
  'X-24': {
    row: 'the account that was to go on fails first: passed over',
    file: spliceAccounts,
    test: 'an account that fails before it goes on is passed over',
  },
  'X-25': {
    row: 'the account that goes on declares a failure: the end',
    file: spliceAccounts,
    test: 'a failure that the other account declares in the middle of the rest is the end',
  },
  'X-26': {
    row: 'a tool call or structured output is cut: never put together, an error that says so',
    file: spliceRefused,
    test: "['a tool call half sent'",
  },
  'X-27': {
    row: 'the client leaves a call that is held: the hold ends at once',
    file: hold,
    test: 'a client that leaves ends the hold at once',
  },
  'X-28': {
    row: 'more than 64 calls are to be held: the others are told when work is back',
    file: hold,
    test: 'no more than 64 calls are held',
  },
  'X-29': {
    row: 'a pool that rests longer than a call is held: one honest 429',
    file: hold,
    test: 'a pool that rests longer is one honest 429',
  },
  'X-30': {
    row: 'subscriptions are spent and the key has no consent: no metered key is used',
    file: overflow,
    test: 'a metered key stands in for spent subscriptions only with the consent',
  },
  'X-31': {
    row: 'a restart in the middle of a day: the ceiling is kept to',
    file: overflow,
    test: 'the ceiling of the day is kept to through a restart',
  },
  'X-32': {
    row: 'many calls at once at the ceiling: passed by less than one call',
    file: overflow,
    test: 'however many calls come at once, the ceiling is passed by less than one call',
  },
  'X-33': {
    row: 'a model without a known price: not paid for',
    file: overflow,
    test: 'a model without a known price is not paid for',
  },
  'X-34': {
    row: 'a rehearsal on a Relay that serves: no call of it in the log, nothing of it left',
    file: rehearsal,
    test: 'every scene passes for every kind of client',
  },
  'X-35': {
    row: 'settings that let failures through: the rehearsal says so',
    file: rehearsal,
    test: 'the person’s own settings decide',
  },
  'X-36': {
    row: 'the file of a linked login is gone, half-written, older, or of another person: the login stays as it is',
    file: linked,
    test: 'stays as it is when the file %s',
  },
  'X-37': {
    row: 'the owner of a linked login is first by a moment: its pair is taken, the spent one never sent',
    file: refresh,
    test: 'is taken from its file also where the other program was first only by a moment',
  },
  'X-38': {
    row: 'a token for one entrance is used twice: refused',
    file: access,
    test: 'takes a one-time token once',
  },
  'X-39': {
    row: 'a session is altered, unsigned or of another time: refused',
    file: access,
    test: 'refuses a session that was altered, unsigned or signed for another time',
  },
  'X-40': {
    row: 'another path, key or host comes through the tunnel: refused',
    file: tunnel,
    test: 'leads to /v1 alone, for its own limited key alone',
  },
  'X-41': {
    row: 'the program of a tunnel ends: the tunnel ends with its key, and says why',
    file: tunnelEnd,
    test: 'with its program, and says why',
  },
  'X-42': {
    row: 'the program of a tunnel says no address: it ends in bounded time',
    file: tunnelEnd,
    test: 'ends in bounded time where the program says anything but an address',
  },
  'X-43': {
    row: 'Relay is killed with a tunnel open: taken back at the next start',
    file: tunnelEnd,
    test: 'a Relay that was killed takes its tunnel back when it starts again',
  },
};
