import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KeptResponse } from '../../../src-main/gateway/kept-response.ts';
import { createKeptResponses, type KeptResponses } from '../../../src-main/gateway/kept-responses.ts';
import type { SqlStatement } from '../../../src-main/ledger/database.ts';
import { type Settings, settingsSchema } from '../../../src-shared/contract/settings.ts';
import { createManualTime, type ManualTime } from '../../support/manual-timers.ts';
import { createMemoryDatabase } from '../../support/memory-database.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const startAt = 1_800_000_000_000;

let database: ReturnType<typeof createMemoryDatabase>;
let time: ManualTime;
let settings: Settings;
let told: ((settings: Settings, changed: readonly (keyof Settings)[]) => void)[];
let refusing: boolean;
let failures: number;
beforeEach(() => {
  database = createMemoryDatabase();
  time = createManualTime(startAt);
  settings = settingsSchema.parse({});
  told = [];
  refusing = false;
  failures = 0;
});
afterEach(() => database.close());

const run = (statements: readonly SqlStatement[]): Promise<void> =>
  refusing ? Promise.reject(new Error('locked')) : database.run(statements);

const create = (): KeptResponses =>
  createKeptResponses({
    database: { all: database.all, run },
    clock: time.clock,
    timers: time.timers,
    settings: { all: () => settings, onChange: (listener) => void told.push(listener) as never },
    storageFailed() {
      failures += 1;
    },
  });

const change = (changes: Partial<Settings>): void => {
  settings = { ...settings, ...changes };
  for (const tell of told) tell(settings, Object.keys(changes) as (keyof Settings)[]);
};

/** Another process on the same disk. */
const restart = async (stopped: KeptResponses): Promise<KeptResponses> => {
  await stopped.stop();
  return create();
};

const response = (id: string, more: Partial<KeptResponse> = {}): KeptResponse => ({
  keyId: 'key',
  id,
  chainId: id,
  previousId: null,
  conversationId: 'conv',
  accountId: 'a',
  atUpstream: false,
  createdAt: startAt,
  input: Buffer.from('"hello"'),
  response: Buffer.from(JSON.stringify({ id, output: [{ type: 'message', id: `msg_${id}` }] })),
  ...more,
});
const followUp = (previous: KeptResponse, id: string, more: Partial<KeptResponse> = {}): KeptResponse =>
  response(id, { chainId: previous.chainId, previousId: previous.id, ...more });
const keep = (kept: KeptResponses, ...given: readonly KeptResponse[]): void => {
  for (const each of given) kept.keep(each, [`msg_${each.id}`]);
};
const idsOf = (chain: readonly KeptResponse[] | null): string[] | null => chain?.map(({ id }) => id) ?? null;
const rows = async (table: string) => (await database.all(`SELECT id FROM ${table} ORDER BY id`)).map(({ id }) => id);
/** Turns of the event loop in which what was begun can end; nothing waits for time. */
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
};

describe('a kept response', () => {
  test('is there at once, and after a restart just as it was, with all that came before it', async () => {
    const kept = create();
    const first = response('r1', { input: Buffer.from('[{"role":"user","content":"é"}]'), atUpstream: true });
    const second = followUp(first, 'r2');
    keep(kept, first, second);
    const before = [await kept.find('key', 'r2'), idsOf(await kept.chain('key', 'r2'))];
    const next = await restart(kept);
    expect([before, [await next.find('key', 'r2'), await next.chain('key', 'r2')]]).toEqual([
      [second, ['r1', 'r2']],
      [second, [first, second]],
    ]);
  });

  test('belongs to its key: another key’s of the same id is another response', async () => {
    const kept = create();
    keep(kept, response('r1'), response('r1', { keyId: 'other', conversationId: 'theirs' }));
    const next = await restart(kept);
    expect([
      (await next.find('key', 'r1'))?.conversationId,
      (await next.find('other', 'r1'))?.conversationId,
      await next.find('third', 'r1'),
      await next.chain('third', 'r1'),
    ]).toEqual(['conv', 'theirs', null, null]);
  });

  test('goes on from responses on the disk and in memory alike', async () => {
    let kept = create();
    const [first, second] = [response('r1'), response('r2', { chainId: 'r1', previousId: 'r1' })];
    keep(kept, first, second);
    kept = await restart(kept);
    const third = followUp(second, 'r3');
    keep(kept, third);
    expect(idsOf(await kept.chain('key', 'r3'))).toEqual(['r1', 'r2', 'r3']);
    expect(await kept.chain('key', 'none')).toBe(null);
  });

  test('is found by the ids of its items, for its key only', async () => {
    const kept = create();
    keep(kept, response('r1'), response('r2'));
    const next = await restart(kept);
    keep(next, response('r3'));
    const givers = await next.givers('key', ['msg_r1', 'msg_r3', 'msg_none']);
    expect([...givers].map(([item, giver]) => [item, giver.id])).toEqual([
      ['msg_r3', 'r3'],
      ['msg_r1', 'r1'],
    ]);
    expect((await next.givers('other', ['msg_r1', 'msg_r3'])).size).toBe(0);
  });

  test('that is erased is gone from memory and disk, and what went on from it goes no further', async () => {
    const kept = create();
    const first = response('r1');
    keep(kept, first, followUp(first, 'r2'), response('r3'));
    expect([await kept.remove('key', 'r1'), await kept.remove('key', 'r1'), await kept.remove('other', 'r3')]).toEqual([
      true,
      false,
      false,
    ]);
    const next = await restart(kept);
    expect([await next.find('key', 'r1'), await next.chain('key', 'r2'), idsOf(await next.chain('key', 'r3'))]).toEqual(
      [null, null, ['r3']],
    );
    expect([await rows('kept_responses'), await rows('kept_items'), await rows('kept_chains')]).toEqual([
      ['r2', 'r3'],
      ['msg_r2', 'msg_r3'],
      ['r1', 'r3'],
    ]);
    await next.remove('key', 'r2');
    expect(await rows('kept_chains')).toEqual(['r3']);
  });

  test('cannot be said to be erased where the disk takes nothing', async () => {
    const kept = create();
    keep(kept, response('r1'));
    await turns();
    time.advance(250);
    await turns();
    refusing = true;
    await expect(kept.remove('key', 'r1')).rejects.toThrow('locked');
    refusing = false;
    expect([await kept.remove('key', 'r1'), await rows('kept_responses')]).toEqual([true, []]);
  });

  test('that the disk refuses at first is there, and written as soon as it takes something', async () => {
    const kept = create();
    refusing = true;
    keep(kept, response('r1'));
    time.advance(250);
    await turns();
    expect([(await kept.find('key', 'r1'))?.id, failures, await rows('kept_responses')]).toEqual(['r1', 1, []]);
    refusing = false;
    time.advance(250);
    await turns();
    expect(await rows('kept_responses')).toEqual(['r1']);
    await kept.stop();
    const chains = await database.all('SELECT bytes FROM kept_chains');
    expect(chains).toEqual([{ bytes: response('r1').input.length + response('r1').response.length }]);
  });
});

describe('the bounds', () => {
  const large = (bytes: number): Buffer => Buffer.from(JSON.stringify('x'.repeat(bytes)));

  test('a chain goes as a whole when it was not used for as long as the setting says', async () => {
    let kept = create();
    const first = response('r1');
    keep(kept, first, followUp(first, 'r2'), response('s1'));
    await kept.sweep();
    kept = await restart(kept);
    time.advance(29 * DAY);
    await kept.chain('key', 'r2');
    await turns();
    time.advance(2 * DAY);
    await turns();
    expect([await kept.find('key', 's1'), idsOf(await kept.chain('key', 'r2'))]).toEqual([null, ['r1', 'r2']]);
    await kept.sweep();
    expect([await rows('kept_responses'), await rows('kept_items'), await rows('kept_chains')]).toEqual([
      ['r1', 'r2'],
      ['msg_r1', 'msg_r2'],
      ['r1'],
    ]);
  });

  test('what is too old is not given out although it was not swept yet', async () => {
    let kept = create();
    keep(kept, response('r1'));
    kept = await restart(kept);
    time.advance(1);
    settings = { ...settings, 'responses.keepMs': 0 };
    expect([await kept.find('key', 'r1'), await kept.chain('key', 'r1')]).toEqual([null, null]);
  });

  test('the chains that were used longest ago make room, and a tenth of it at once', async () => {
    settings = { ...settings, 'responses.keepBytes': 100_000 };
    const kept = create();
    await kept.sweep();
    for (let index = 0; index < 24; index += 1) {
      keep(kept, response(`r${String(index).padStart(2, '0')}`, { input: large(4_700) }));
      time.advance(250);
      await turns();
      // The first one stays in use.
      await kept.chain('key', 'r00');
      time.advance(250);
      await turns();
    }
    await kept.sweep();
    const left = await rows('kept_responses');
    const [{ total }] = (await database.all('SELECT sum(bytes) AS total FROM kept_chains')) as [{ total: number }];
    expect([left[0], left[1] !== 'r01', left.at(-1), total <= 100_000, total > 80_000]).toEqual([
      'r00',
      true,
      'r23',
      true,
      true,
    ]);
    expect(await rows('kept_chains')).toEqual(left);
    expect(await kept.find('key', 'r01')).toBe(null);
  });

  test('one response takes at most a twentieth of the room', async () => {
    settings = { ...settings, 'responses.keepBytes': 100_000 };
    const kept = create();
    keep(kept, response('r1', { input: large(5_000) }), response('r2', { input: large(4_000) }));
    expect([await kept.find('key', 'r1'), (await kept.find('key', 'r2'))?.id]).toEqual([null, 'r2']);
  });

  test('what a disk that takes nothing holds up is bounded, and memory goes back to its own bound afterwards', async () => {
    const kept = create();
    refusing = true;
    const megabytes = Array.from({ length: 40 }, (_, index) => response(`r${index}`, { input: large(1_000_000) }));
    keep(kept, ...megabytes);
    const held = await Promise.all(megabytes.map(({ id }) => kept.find('key', id)));
    expect(held.filter((each) => each !== null).length).toBe(33);
    refusing = false;
    await kept.stop();
    expect((await rows('kept_responses')).length).toBe(33);
  });

  test('nothing is kept, given or left behind while the setting is off', async () => {
    const kept = create();
    keep(kept, response('r1'));
    await turns();
    time.advance(250);
    await turns();
    change({ 'responses.keep': 'off' });
    keep(kept, response('r2'));
    expect([kept.isOn(), await kept.find('key', 'r1'), await kept.chain('key', 'r1')]).toEqual([false, null, null]);
    expect((await kept.givers('key', ['msg_r1'])).size).toBe(0);
    await kept.sweep();
    change({ 'responses.keep': 'on' });
    expect([await kept.find('key', 'r1'), await rows('kept_responses'), await rows('kept_chains')]).toEqual([
      null,
      [],
      [],
    ]);
  });

  test('what an earlier run kept is erased when the setting is off at the start', async () => {
    const kept = create();
    keep(kept, response('r1'));
    await kept.stop();
    settings = { ...settings, 'responses.keep': 'off' };
    create();
    time.advance(5_000);
    await turns();
    expect(await rows('kept_responses')).toEqual([]);
  });
});

test('whatever is kept, erased and restarted, a chain is given out exactly when every link of it is there', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('keep' as const), on: fc.nat(20) }),
    fc.record({ do: fc.constant('erase' as const), on: fc.nat(20) }),
    fc.record({ do: fc.constant('restart' as const), on: fc.constant(0) }),
    fc.record({ do: fc.constant('write' as const), on: fc.constant(0) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      await run([
        { sql: 'DELETE FROM kept_responses' },
        { sql: 'DELETE FROM kept_items' },
        { sql: 'DELETE FROM kept_chains' },
      ]);
      let kept = create();
      const made: KeptResponse[] = [];
      const there = new Set<string>();
      const linksOf = (id: string): string[] => {
        const previous = made.find((each) => each.id === id)!.previousId;
        return previous === null ? [id] : [...linksOf(previous), id];
      };
      for (const { do: what, on } of steps) {
        if (what === 'keep') {
          const previous = on === 0 ? undefined : made[on - 1];
          const next = previous === undefined ? response(`r${made.length}`) : followUp(previous, `r${made.length}`);
          made.push(next);
          there.add(next.id);
          keep(kept, next);
        } else if (what === 'erase' && made[on] !== undefined) {
          expect(await kept.remove('key', made[on].id)).toBe(there.delete(made[on].id));
        } else if (what === 'restart') {
          kept = await restart(kept);
        } else if (what === 'write') {
          time.advance(250);
          await turns();
        }
      }
      for (const { id } of made) {
        const links = linksOf(id);
        expect(idsOf(await kept.chain('key', id))).toEqual(links.every((link) => there.has(link)) ? links : null);
        const item = `msg_${id}`;
        expect([...(await kept.givers('key', [item])).keys()]).toEqual(there.has(id) ? [item] : []);
      }
      await kept.stop();
      expect(new Set(await rows('kept_responses'))).toEqual(there);
      const sums = await database.all(
        `SELECT bytes, (SELECT coalesce(sum(length(input) + length(response)), 0) FROM kept_responses r
          WHERE r.chain_id = c.id) AS counted FROM kept_chains c`,
      );
      expect(sums.every(({ bytes, counted }) => bytes === counted)).toBe(true);
    }),
    { numRuns: 60 },
  );
});
