import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createReplayedState, type ReplayedInput } from '../../../src-main/gateway/replayed-state.ts';
import type { EncryptedItem } from '../../../src-main/protocol/encrypted-items.ts';
import { createAffinity } from '../../../src-main/routing/affinity.ts';
import { createEncryptedOrigins, type EncryptedOrigins, NOBODY } from '../../../src-main/routing/encrypted-origins.ts';
import type { Tie } from '../../../src-main/routing/tie.ts';
import { createManualTime } from '../../support/manual-timers.ts';

const tie = (accountId: string, more: Partial<Tie> = {}): Tie => ({
  ...{ accountId, tiedAt: 0, usedAt: 0, cachedTokens: null, turns: 1, mixed: false, compacted: false },
  ...more,
});
const nowhere = {
  database: { all: async () => [], run: async () => {} },
  ...createManualTime(0),
  storageFailed: () => expect.unreachable(),
};
const knowing = (made: Readonly<Record<string, string>>): EncryptedOrigins => {
  const origins = createEncryptedOrigins(nowhere);
  for (const [digest, accountId] of Object.entries(made)) origins.learn(digest, accountId);
  return origins;
};
/** `r…` is reasoning, `c…` a compaction. */
const itemsOf = (...digests: string[]): EncryptedItem[] =>
  digests.map((digest, index) => ({ index, digest, droppable: !digest.startsWith('c') }));
const input = (...digests: string[]): ReplayedInput => ({
  items: () => itemsOf(...digests),
  showsCompaction: () => false,
});
const neverAsked: ReplayedInput = {
  items: () => expect.unreachable('the input was looked through'),
  showsCompaction: () => expect.unreachable('the input was looked at'),
};
const places = (set: ReadonlySet<number> | null): number[] | null => (set === null ? null : [...set]);

describe('reasoning', () => {
  test('goes back to the account that alone made the conversation, without a look at the input', () => {
    const state = createReplayedState(tie('a'), knowing({}), neverAsked);
    expect([state.boundTo, state.leftOut('a'), state.served('a', true)]).toEqual([
      null,
      null,
      { mixed: false, compacted: false },
    ]);
  });

  test('of the account goes to it and that of another does not, whoever has the conversation', () => {
    const origins = knowing({ r1: 'a', r2: 'b', r3: NOBODY });
    for (const given of [null, tie('a', { mixed: true }), tie('b', { mixed: true }), tie('b')]) {
      const state = createReplayedState(given, origins, input('r1', 'r2', 'r3'));
      expect([places(state.leftOut('a')), places(state.leftOut('c'))]).toEqual([
        [1, 2],
        [0, 1, 2],
      ]);
      expect(state.served('a', true)).toEqual({ mixed: true, compacted: false });
    }
  });

  test('of unknown origin goes to the account of the conversation only', () => {
    const state = createReplayedState(tie('a', { mixed: true }), knowing({}), input('r1'));
    expect([state.leftOut('a'), places(state.leftOut('b'))]).toEqual([null, [0]]);
  });

  test('of a conversation that is new here goes to the first account, which has made it if it answers', () => {
    const origins = knowing({});
    const state = createReplayedState(null, origins, input('r1'));
    expect([state.leftOut('a'), places(state.leftOut('b'))]).toEqual([null, [0]]);
    expect([state.served('a', true), origins.of('r1')]).toEqual([{ mixed: false, compacted: false }, 'a']);
  });

  test('is not taken for made by an account whose wire carries none', () => {
    const origins = knowing({});
    const state = createReplayedState(null, origins, input('r1'));
    state.leftOut('chat');
    expect([state.served('chat', false), origins.of('r1')]).toEqual([{ mixed: true, compacted: false }, null]);
  });

  test('that an account refuses is left out, there and everywhere, and refused only once', () => {
    const origins = knowing({ r1: 'a' });
    const state = createReplayedState(null, origins, input('r1', 'r2'));
    expect([state.leftOut('a'), state.refused('a')]).toEqual([null, true]);
    // Which of them it refused is not told; the one that nobody is known to have made is the likelier.
    expect([places(state.leftOut('a')), origins.of('r1'), origins.of('r2')]).toEqual([[0, 1], 'a', NOBODY]);
    expect([state.refused('a'), state.served('a', true)]).toEqual([false, { mixed: true, compacted: false }]);
    const next = createReplayedState(tie('a', { mixed: true }), origins, input('r1', 'r2'));
    expect(places(next.leftOut('a'))).toEqual([1]);
  });

  test('that its own maker refuses is given up', () => {
    const origins = knowing({ r1: 'a' });
    const state = createReplayedState(tie('a'), origins, input('r1'));
    expect([state.leftOut('a'), state.refused('a'), places(state.leftOut('a'))]).toEqual([null, true, [0]]);
    expect([origins.of('r1'), state.served('a', true)]).toEqual([NOBODY, { mixed: true, compacted: false }]);
  });
});

describe('a compaction', () => {
  test('binds the call to the account that made it, and the last one counts', () => {
    const origins = knowing({ c1: 'a', c2: 'b' });
    const bound = (given: Tie | null, ...items: string[]) =>
      createReplayedState(given, origins, input(...items)).boundTo;
    expect([
      bound(null, 'c1'),
      bound(tie('b', { compacted: true }), 'c1'),
      bound(null, 'c1', 'c2'),
      bound(tie('b', { compacted: true }), 'r1'),
      bound(tie('b', { turns: 0 }), 'c1'),
    ]).toEqual(['a', 'a', 'b', null, 'a']);
    const state = createReplayedState(null, origins, input('c1', 'c2'));
    expect([places(state.leftOut('b')), state.served('b', true)]).toEqual([[0], { mixed: true, compacted: true }]);
  });

  test('costs no look at the input while the conversation has none', () => {
    expect(createReplayedState(tie('a', { mixed: true }), knowing({}), neverAsked).boundTo).toBe(null);
  });

  test('of the account that alone made the conversation is found at a glance', () => {
    const glance = { ...neverAsked, showsCompaction: () => true };
    const state = createReplayedState(tie('a', { compacted: true }), knowing({}), glance);
    expect([state.boundTo, state.leftOut('a'), state.served('a', true)]).toEqual([
      'a',
      null,
      { mixed: false, compacted: true },
    ]);
  });

  test('of unknown origin belongs to the account of the conversation', () => {
    expect(createReplayedState(tie('a', { compacted: true }), knowing({}), input('c1')).boundTo).toBe('a');
  });

  test('of a conversation that is new here goes where the call goes, and stays where it is answered', () => {
    const origins = knowing({});
    const state = createReplayedState(null, origins, input('c1'));
    expect([state.boundTo, state.leftOut('a'), state.refused('a'), state.leftOut('b')]).toEqual([
      null,
      null,
      false,
      null,
    ]);
    expect([state.served('b', true), origins.of('c1')]).toEqual([{ mixed: false, compacted: true }, 'b']);
  });
});

test('however a conversation moves about, no account gets what another made, and each gets all that it made itself', () => {
  const turn = fc.record({
    account: fc.constantFrom('a', 'b', 'c'),
    makes: fc.integer({ min: 0, max: 3 }),
    /** What the client leaves out of its history, as one that trims it does. */
    trims: fc.nat({ max: 4 }),
    restarts: fc.boolean(),
    forgets: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 12 }), (turns) => {
      let affinity = createAffinity({ ...nowhere, keepMs: () => 1_000 });
      const origins = createEncryptedOrigins(nowhere);
      const makers = new Map<string, string>();
      let history: string[] = [];
      for (const { account, makes, trims, restarts, forgets } of turns) {
        if (forgets) affinity.releaseAll();
        if (restarts) affinity = createAffinity({ ...nowhere, keepMs: () => 1_000 });
        history = history.slice(trims);
        const state = createReplayedState(affinity.tie('c'), origins, input(...history));
        const left = state.leftOut(account) ?? new Set<number>();
        const sent = history.filter((_, index) => !left.has(index));
        expect(sent).toEqual(history.filter((digest) => makers.get(digest) === account));
        affinity.bind('c', account, state.served(account, true));
        for (let made = 0; made < makes; made += 1) {
          const digest = `r${makers.size}`;
          makers.set(digest, account);
          origins.learn(digest, account);
          history.push(digest);
        }
      }
    }),
  );
});
