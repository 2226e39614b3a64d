import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Notice,
  type NoticeFacts,
  type NoticeKind,
  type NoticeMemory,
  nextNotices,
  nothingTold,
  noticeMemorySchema,
} from '../../../src-main/shell/notices.ts';
import { settingsSchema } from '../../../src-shared/contract/settings.ts';
import { healthStates } from '../../../src-shared/domain/account-health.ts';

const now = new Date(2026, 10, 24, 12, 0).getTime();
const HOUR = 3_600_000;
const settings = settingsSchema.parse({});

type Account = NoticeFacts['accounts'][number];
type Budget = NoticeFacts['budgets'][number];

const account = (id: string, state: Account['health']['state'], until: number | null = null): Account => ({
  id,
  label: id,
  enabled: state !== 'disabled',
  pause: state === 'paused' ? { until: null } : null,
  health: { state, reason: `It is ${state}.`, until },
});
const budget = (used: number, changes: Partial<Budget> = {}): Budget => ({
  ...{ id: 'bud_1', scope: 'project', subject: 'home', unit: 'cost', limit: 10_000_000, marks: [0.5, 0.8] },
  ...{ used, periodBeganAt: now - HOUR },
  ...changes,
});
const facts = (accounts: Account[], budgets: Budget[] = [], paused = false): NoticeFacts => ({
  ...{ accounts, budgets, paused, now },
});

/** What is told when these follow one another; the memory is read back from its file each time. */
function tell(steps: readonly NoticeFacts[], wanted = settings, start: NoticeMemory = nothingTold): Notice[][] {
  let memory = start;
  return steps.map((step) => {
    const told = nextNotices(memory, step, wanted);
    memory = noticeMemorySchema.parse(JSON.parse(JSON.stringify(told.memory)));
    return [...told.notices];
  });
}
const titles = (told: Notice[][]): string[][] => told.map((notices) => notices.map(({ title }) => title));

describe('a sign-in that is needed', () => {
  test('is told once, and again only if it was well in between', () => {
    const needs = facts([account('a', 'needs-sign-in')]);
    const told = tell([facts([account('a', 'ready')]), needs, needs, facts([account('a', 'ready')]), needs]);
    const notice = { kind: 'signIn', title: 'Sign in again: a', body: 'It is needs-sign-in.', path: '/accounts' };
    expect(told.map((notices) => notices.filter(({ kind }) => kind === 'signIn'))).toEqual([
      [],
      [notice],
      [],
      [],
      [notice],
    ]);
  });

  test('is not told again because the account was switched off and on, nor after a restart', () => {
    const needs = facts([account('a', 'needs-sign-in')]);
    expect(
      titles(tell([needs, facts([account('a', 'disabled')]), needs, facts([account('a', 'paused')]), needs])),
    ).toEqual([['Sign in again: a'], [], [], [], []]);
  });
});

describe('the pool', () => {
  const out = facts([account('a', 'resting', now + 2 * HOUR), account('b', 'resting', now + HOUR)]);
  const back = facts([account('a', 'resting', now + 2 * HOUR), account('b', 'ready')]);

  test('is told to rest with the moment of the first return, and to be back, each once', () => {
    expect(tell([back, out, out, back, back])).toEqual([
      [],
      [
        {
          kind: 'poolResting',
          title: 'All accounts are resting',
          body: 'The first is back at 13:00.',
          path: '/accounts',
        },
      ],
      [],
      [{ kind: 'backAgain', title: 'Back again', body: 'b can serve calls.', path: '/accounts' }],
      [],
    ]);
  });

  test('is nobody’s business while Relay is paused, without accounts, or where the network is at fault', () => {
    const steps = [facts(out.accounts.slice(), [], true), facts([]), facts([account('a', 'unreachable')])];
    expect(titles(tell(steps))).toEqual([[], [], []]);
  });
});

describe('a budget', () => {
  test('is told at each mark and at its limit, once in a period', () => {
    const steps = [0, 4_000_000, 5_000_000, 7_000_000, 9_000_000, 12_000_000, 12_000_000].map((used) =>
      facts([], [budget(used)]),
    );
    expect(titles(tell(steps))).toEqual([
      [],
      [],
      ['A budget is at 50 %'],
      [],
      ['A budget is at 80 %'],
      ['A budget is spent'],
      [],
    ]);
  });

  test('says whose it is and how much was used', () => {
    const [, told] = tell([facts([], [budget(0)]), facts([], [budget(8_500_000)])]);
    expect(told).toEqual([
      {
        kind: 'budgetMarks',
        title: 'A budget is at 80 %',
        body: 'The budget of the project home has used $8.50 of $10.00.',
        path: '/keys',
      },
    ]);
  });

  test('begins anew with its period, and quietly with another limit', () => {
    const next = { periodBeganAt: now + HOUR };
    const steps = [
      budget(0),
      budget(9_000_000),
      budget(1, next),
      budget(6_000_000, next),
      budget(6_000_000, { ...next, limit: 7_000_000 }),
    ];
    expect(titles(tell(steps.map((each) => facts([], [each]))))).toEqual([
      [],
      ['A budget is at 80 %'],
      [],
      ['A budget is at 50 %'],
      [],
    ]);
  });
});

const kinds: readonly NoticeKind[] = ['signIn', 'poolResting', 'backAgain', 'budgetMarks'];
const step: fc.Arbitrary<NoticeFacts> = fc.record({
  accounts: fc
    .array(fc.record({ state: fc.constantFrom(...healthStates), until: fc.constantFrom(null, now + HOUR) }), {
      maxLength: 3,
    })
    .map((states) => states.map(({ state, until }, index) => account(`acc_${index}`, state, until))),
  budgets: fc.array(
    fc
      .record({ used: fc.integer({ min: 0, max: 12 }), period: fc.integer({ min: 0, max: 2 }) })
      .map(({ used, period }) => budget(used * 1_000_000, { periodBeganAt: now + period })),
    { maxLength: 1 },
  ),
  paused: fc.boolean(),
  now: fc.constant(now),
});
const story = fc.array(step, { minLength: 1, maxLength: 30 });

describe('whatever happens', () => {
  test('the same facts twice tell nothing the second time', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const twice = steps.flatMap((each) => [each, each]);
        const second = tell(twice).filter((_notices, index) => index % 2 === 1);
        expect(second.flat()).toEqual([]);
      }),
    );
  });

  test('a sign-in is told again only if the account was well in between', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const told = tell(steps);
        const asked = new Set<string>();
        for (const [index, { accounts }] of steps.entries()) {
          for (const { id, health } of accounts) {
            const said = told[index]!.some(({ kind, title }) => kind === 'signIn' && title.endsWith(id));
            expect(said).toBe(health.state === 'needs-sign-in' && !asked.has(id));
            if (said) asked.add(id);
            if (!['needs-sign-in', 'disabled', 'paused'].includes(health.state)) asked.delete(id);
          }
          for (const id of asked) if (!accounts.some((each) => each.id === id)) asked.delete(id);
        }
      }),
    );
  });

  test('resting and being back take turns', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const turns = tell(steps)
          .flat()
          .filter(({ kind }) => kind === 'poolResting' || kind === 'backAgain')
          .map(({ kind }) => kind);
        expect(turns).toEqual(turns.map((_kind, index) => (index % 2 === 0 ? 'poolResting' : 'backAgain')));
      }),
    );
  });

  test('a kind that is switched off is never told, and says nothing of the rest', () => {
    fc.assert(
      fc.property(story, fc.constantFrom(...kinds), (steps, silent) => {
        const quiet = tell(steps, { ...settings, [`notifications.${silent}`]: false });
        expect(quiet).toEqual(tell(steps).map((notices) => notices.filter(({ kind }) => kind !== silent)));
      }),
    );
  });
});
