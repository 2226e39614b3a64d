import { expect, test } from 'vitest';
import { type StreamEvent, streamAnswer, streamForms } from '../support/stream-clients.ts';
import { counting, cutAfter, factsOf, fresh, lastCall, numbersOf, poolOf, words } from './splice-scene.ts';

test('an account that is alone goes on with its own answer', async () => {
  const relay = await poolOf(['a']);
  for (const form of streamForms) {
    relay.simulator.account('a').script(cutAfter(3));
    const answer = await streamAnswer(relay, form, `sim:say ${words}`, fresh());
    expect({ form, text: answer.text, error: answer.error }).toEqual({ form, text: words, error: null });
    expect(factsOf(await lastCall(relay))).toMatchObject({ spliced: 1, attempts: ['a continued', 'a served'] });
  }
});

test('where no account can go on, the client gets why its answer broke off, and nothing more', async () => {
  const relay = await poolOf(['a', 'b']);
  for (const form of streamForms) {
    for (const { id, rests } of relay.relay.accounts.list()) {
      for (const family of [...rests.keys()]) relay.relay.accounts.clearRest(id, family);
    }
    relay.simulator.account('a').script(cutAfter(2));
    for (const name of ['a', 'b'])
      relay.simulator.account(name).always({ kind: 'usage-limit', resetsInSeconds: 7_200 });
    const answer = await streamAnswer(relay, form, `sim:say ${words}`, fresh());
    expect({ form, error: answer.error, text: answer.text }).toEqual({
      form,
      error: 'upstream_stream_truncated',
      text: words.split(' ').slice(0, 8).join(' ').concat(' '),
    });
    expect(factsOf(await lastCall(relay))).toEqual({
      status: 'error',
      spliced: 0,
      accountLabel: 'a',
      attempts: ['a failed', 'b failed', 'a failed'],
      usageEstimated: false,
    });
    expect((await lastCall(relay)).attempts[0]?.reason).toMatch(
      /^The upstream ended its answer too early\. It was not continued: All 2 accounts are resting/,
    );
  }
});

test('an account that fails before it goes on is passed over like any other', async () => {
  const relay = await poolOf(['a', 'b', 'c']);
  for (const form of streamForms) {
    relay.simulator.account('a').script(cutAfter(3));
    relay.simulator.account('b').script({ kind: 'status', status: 500, body: {} });
    const answer = await streamAnswer(relay, form, `sim:say ${words}`, fresh());
    expect({ form, text: answer.text, error: answer.error }).toEqual({ form, text: words, error: null });
    expect(factsOf(await lastCall(relay))).toMatchObject({
      spliced: 1,
      attempts: ['a continued', 'b failed', 'c served'],
    });
  }
});

test.each(streamForms)(
  'an answer that breaks off twice is finished by the third account, a third time it is an error (%s)',
  async (form) => {
    const relay = await poolOf(['a', 'b', 'c', 'd'], { settings: { 'routing.maxAttempts': 5 } });
    for (const name of ['a', 'b']) relay.simulator.account(name).script(cutAfter(2));
    const { text, events } = await streamAnswer(relay, form, `sim:say ${words}`, fresh());
    expect([text, numbersOf(events)]).toEqual([words, counting(numbersOf(events))]);
    expect(factsOf(await lastCall(relay))).toMatchObject({
      spliced: 2,
      attempts: ['a continued', 'b continued', 'c served'],
    });
    for (const name of ['a', 'b', 'c']) relay.simulator.account(name).script(cutAfter(1));
    const broken = await streamAnswer(relay, form, `sim:say ${words}`, fresh());
    expect([broken.error, words.startsWith(broken.text)]).toEqual(['upstream_stream_truncated', true]);
    expect(factsOf(await lastCall(relay))).toMatchObject({
      status: 'error',
      spliced: 2,
      attempts: ['a continued', 'b continued', 'c failed'],
    });
  },
);

test('a failure that the other account declares in the middle of the rest is the end', async () => {
  const relay = await poolOf(['a', 'b']);
  for (const form of ['responses', 'websocket'] as const) {
    relay.simulator.account('a').script(cutAfter(2));
    relay.simulator.account('b').script({ kind: 'failed', code: 'server_error', message: 'broke', afterDeltas: 2 });
    const answer = await streamAnswer(relay, form, `sim:say ${words}`, fresh());
    expect(words.startsWith(answer.text) && answer.text.split(' ').length > 12).toBe(true);
    const numbers = numbersOf(answer.events);
    const created = answer.events.find(({ type }) => type === 'response.created')!['response'] as StreamEvent;
    const failed = answer.events.at(-1)!;
    expect({ error: answer.error, numbers, id: (failed['response'] as StreamEvent)['id'] }).toEqual({
      error: 'server_error',
      numbers: counting(numbers),
      id: created['id'],
    });
  }
});

test('accounts of every kind go on with each other’s answers', async () => {
  const labels = ['login', 'key', 'chat'];
  const relay = await poolOf([], {
    accounts: labels.map((name) => ({ name, kind: name === 'login' ? ('chatgpt' as const) : ('openai' as const) })),
    settings: {
      'routing.strategy': 'balanced',
      'routing.weights': { metered: 0, policy: 0, steady: 100 },
      'overflow.dailyMicroUsd': 1_000_000_000,
    },
  });
  await relay.relay.keys.change(relay.relay.keys.list()[0]!.id, { overflow: true });
  const { accounts } = relay.relay;
  const idOf = (label: string): string => accounts.list().find((account) => account.label === label)!.id;
  await accounts.remove(idOf('chat'));
  const { apiKey } = relay.simulator.account('chat');
  await relay.relay.refreshModels((await accounts.addApiKey({ apiKey, wire: 'chat', label: 'chat' })).id);
  /** Only these can serve. */
  const only = async (...served: string[]): Promise<void> => {
    for (const label of labels) await accounts.setEnabled(idOf(label), served.includes(label));
  };
  for (const [first, second] of labels.flatMap((one) => labels.map((other) => [one, other] as const))) {
    if (first === second) continue;
    for (const form of streamForms) {
      const conversation = fresh();
      await only(first);
      await streamAnswer(relay, form, 'sim:say hello', conversation);
      await only(first, second);
      relay.simulator.account(first).script(cutAfter(3));
      const { text, error, events } = await streamAnswer(relay, form, `sim:say ${words}`, conversation);
      const numbers = numbersOf(events);
      expect({ first, second, form, text, error, numbers, ...factsOf(await lastCall(relay)) }).toEqual({
        first,
        second,
        form,
        text: words,
        error: null,
        numbers: counting(numbers),
        status: 'ok',
        spliced: 1,
        accountLabel: second,
        attempts: [`${first} continued`, `${second} served`],
        usageEstimated: true,
      });
    }
  }
});
