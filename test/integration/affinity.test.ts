import { afterEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src-main/simulator/json-object.ts';
import { rawCall, sseData } from '../support/raw-call.ts';
import { type RunningRelay, type RunningRelayOptions, startRelay } from '../support/running-relay.ts';

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

const pool = async (names: readonly string[], options: RunningRelayOptions = {}): Promise<RunningRelay> => {
  running = await startRelay({ accounts: names.map((name) => ({ name, kind: 'chatgpt' })), ...options });
  return running;
};

const user = (text: string) => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });

interface Turn {
  readonly status: number;
  readonly account: string;
  readonly error: JsonObject | null;
  readonly output: readonly JsonObject[];
}

type Form = 'codex' | 'sdk';

/** One request over HTTP with the whole history: as the Codex CLI sends it, or as any other client does. */
async function ask(relay: RunningRelay, form: Form, input: readonly unknown[], more: JsonObject = {}): Promise<Turn> {
  const codex = form === 'codex';
  const { headers = {}, ...fields } = more;
  const answer = await rawCall(relay.url, {
    path: '/v1/responses',
    headers: {
      authorization: `Bearer ${relay.key}`,
      'content-type': 'application/json',
      ...(codex ? { 'user-agent': 'codex_exec/0.169.0 (test)', originator: 'codex_exec', 'session-id': 'thread' } : {}),
      ...(headers as object),
    },
    body: JSON.stringify({
      model: 'gpt-5.5',
      instructions: 'Be brief.',
      input,
      reasoning: { effort: 'high', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
      prompt_cache_key: 'thread',
      ...(codex ? { store: false, stream: true } : {}),
      ...fields,
    }),
  });
  const account = String(answer.headers['x-relay-account'] ?? '');
  if (answer.status !== 200) {
    return { status: answer.status, account, error: JSON.parse(answer.text).error, output: [] };
  }
  const output = codex
    ? (sseData(answer.text) as { type: string; item?: JsonObject }[]).flatMap(({ type, item }) =>
        type === 'response.output_item.done' ? [item!] : [],
      )
    : JSON.parse(answer.text).output;
  return { status: 200, account, error: null, output };
}

const idOf = (relay: RunningRelay, label: string): string =>
  relay.relay.accounts.list().find((account) => account.label === label)!.id;

/** Only these accounts take calls. */
async function only(relay: RunningRelay, ...labels: string[]): Promise<void> {
  for (const { id, label } of relay.relay.accounts.list()) {
    await relay.relay.accounts.setEnabled(id, labels.includes(label));
  }
}

const refusals = (relay: RunningRelay) => relay.simulator.modelRequests().filter(({ status }) => status !== 200);
/** Whose encrypted items the last request to an account replayed, by the simulator's own mark. */
function replayed(relay: RunningRelay, label: string): string[] {
  const body = relay.simulator.modelRequests(label).at(-1)!.body as { input: JsonObject[] };
  return body.input.flatMap(({ encrypted_content: content }) =>
    typeof content === 'string'
      ? [content.split(':')[1] === relay.simulator.account(label).accountId ? 'own' : 'foreign']
      : [],
  );
}

const affinities = async (
  relay: RunningRelay,
  method = 'GET',
  path = '',
): Promise<{ status: number; body: JsonObject }> => {
  const answer = await rawCall(relay.url, {
    method,
    path: `/api/routing/affinities${path}`,
    headers: { authorization: `Bearer ${relay.apiToken}` },
  });
  return { status: answer.status, body: answer.text === '' ? {} : JSON.parse(answer.text) };
};

describe.each<Form>(['codex', 'sdk'])('a conversation of a client like %s', (form) => {
  test('that moves to another account and back costs no refusal, and each account gets its own reasoning again', async () => {
    const relay = await pool(['a', 'b']);
    const history: unknown[] = [];
    const seen: unknown[] = [];
    for (const [label, text] of [
      ['a', 'one'],
      ['a', 'two'],
      ['b', 'three'],
      ['b', 'four'],
      ['a', 'five'],
      ['b', 'six'],
    ] as const) {
      await only(relay, label);
      history.push(user(text));
      const { status, account, output } = await ask(relay, form, history);
      history.push(...output);
      seen.push([status, account, replayed(relay, label).join(' ')]);
    }
    expect(seen).toEqual([
      [200, 'a', ''],
      [200, 'a', 'own'],
      [200, 'b', ''],
      [200, 'b', 'own'],
      [200, 'a', 'own own'],
      [200, 'b', 'own own'],
    ]);
    expect(refusals(relay)).toEqual([]);
    expect((await relay.calls()).map(({ attempts, dropped }) => [attempts.length, dropped])).toEqual([
      [1, []],
      [1, []],
      [1, ['input[].reasoning']],
      [1, ['input[].reasoning']],
      [1, ['input[].reasoning']],
      [1, ['input[].reasoning']],
    ]);
  });

  test('moves with a failover in the middle of its calls, and the next one needs none', async () => {
    const relay = await pool(['a', 'b']);
    await only(relay, 'a');
    const first = await ask(relay, form, [user('one')]);
    await only(relay, 'a', 'b');
    relay.simulator.account('a').script({ kind: 'usage-limit', resetsInSeconds: 600 });
    const history = [user('one'), ...first.output, user('two')];
    const second = await ask(relay, form, history);
    const third = await ask(relay, form, [...history, ...second.output, user('three')]);
    expect([second.account, third.account, replayed(relay, 'b')]).toEqual(['b', 'b', ['own']]);
    expect(refusals(relay).map(({ account, status }) => [account, status])).toEqual([['a', 429]]);
  });

  test('that began before Relay is adopted by an account; what that refuses is refused once, not with every call', async () => {
    const relay = await pool(['a', 'b']);
    await only(relay, 'a');
    const stranger = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'enc:somebody-else:1' };
    const history: unknown[] = [user('one'), stranger, user('two')];
    for (const text of ['three', 'four', 'five']) {
      history.push(user(text));
      const { status, output } = await ask(relay, form, history);
      history.push(...output);
      expect(status).toBe(200);
    }
    expect([refusals(relay).length, replayed(relay, 'a')]).toEqual([1, ['own', 'own']]);
  });
});

test('after a restart a conversation is on its account again, and what the others made is still theirs', async () => {
  let relay = await pool(['a', 'b', 'c'], { secrets: 'file' });
  const history: unknown[] = [];
  const turn = async (text: string): Promise<string> => {
    history.push(user(text));
    const { account, output } = await ask(relay, 'codex', history);
    history.push(...output);
    return account;
  };
  await only(relay, 'a');
  await turn('one');
  await only(relay, 'b');
  await turn('two');
  await only(relay, 'a', 'b', 'c');
  const before = await affinities(relay);
  running = relay = await relay.restart();
  expect(await affinities(relay)).toEqual(before);
  expect([await turn('three'), replayed(relay, 'b')]).toEqual(['b', ['own']]);
  await only(relay, 'a');
  expect([await turn('four'), replayed(relay, 'a')]).toEqual(['a', ['own']]);
  expect(refusals(relay)).toEqual([]);
  expect(relay.logged).toEqual([]);
});

describe('a conversation that was compacted', () => {
  const compacted = async (options: RunningRelayOptions = {}) => {
    const relay = await pool(['a', 'b'], options);
    await only(relay, 'a');
    const { output } = await ask(relay, 'codex', [user('one'), { type: 'compaction_trigger' }]);
    expect(output.map(({ type }) => type)).toEqual(['compaction']);
    await only(relay, 'a', 'b');
    return { relay, history: [...output, user('two')] };
  };

  test('goes to the account that made the compaction, also after a restart, whatever the others have left', async () => {
    let { relay, history } = await compacted({ secrets: 'file' });
    running = relay = await relay.restart();
    await affinities(relay, 'DELETE');
    relay.simulator.account('a').windows.weekly?.set({ usedPercent: 90 });
    for (const form of ['codex', 'sdk'] as const) {
      expect(await ask(relay, form, history)).toMatchObject({ status: 200, account: 'a' });
    }
    expect(refusals(relay)).toEqual([]);
  });

  test('is told in words, once and with the time, when that account rests', async () => {
    const { relay, history } = await compacted();
    relay.simulator.account('a').always({ kind: 'usage-limit', resetsInSeconds: 7_200 });
    const first = await ask(relay, 'codex', history);
    const again = await ask(relay, 'codex', history);
    expect([first.status, first.error?.['type']]).toEqual([429, 'usage_limit_reached']);
    expect([again.status, again.error]).toEqual([
      429,
      {
        message: expect.stringMatching(
          /^This conversation was compacted by "a", which alone can read it and rests until \d/,
        ),
        type: 'usage_limit_reached',
        param: null,
        code: 'usage_limit_reached',
        resets_at: expect.any(Number),
        resets_in_seconds: expect.any(Number),
      },
    ]);
    expect(relay.simulator.modelRequests('b')).toEqual([]);
  });

  test.each([
    ['is switched off', async (relay: RunningRelay) => only(relay, 'b')],
    [
      'needs you to sign in again',
      async (relay: RunningRelay) => relay.relay.accounts.needsSignIn(idOf(relay, 'a'), 'The login ended.'),
    ],
    ['', async (relay: RunningRelay) => relay.relay.accounts.remove(idOf(relay, 'a'))],
  ])('is refused in words that Codex takes at once when that account %s', async (why, lose) => {
    const { relay, history } = await compacted();
    await lose(relay);
    const { status, error } = await ask(relay, 'codex', history);
    const message =
      why === ''
        ? 'This conversation was compacted by an account that Relay no longer has, and only that account can read it.'
        : `This conversation was compacted by "a", which alone can read it and ${why}.`;
    expect([status, error]).toEqual([
      400,
      {
        message: `${message} Make it available, or go on in a new conversation.`,
        type: 'invalid_request_error',
        param: 'input',
        code: 'invalid_encrypted_content',
      },
    ]);
    expect(relay.simulator.modelRequests('b')).toEqual([]);
  });

  test('elsewhere, before it came to Relay, finds the account that can read it', async () => {
    const relay = await pool(['a', 'b']);
    const made = (label: string) => ({
      type: 'compaction',
      encrypted_content: `enc:${relay.simulator.account(label).accountId}:elsewhere`,
    });
    for (const label of ['a', 'b']) {
      const headers = { 'session-id': `of ${label}` };
      const more = { headers, prompt_cache_key: `of ${label}` };
      const first = await ask(relay, 'codex', [made(label), user('one')], more);
      const second = await ask(relay, 'codex', [made(label), user('one'), ...first.output, user('two')], more);
      expect([first.account, second.account]).toEqual([label, label]);
    }
    // At most one of the two had to be tried at the wrong account, and that once.
    expect(refusals(relay).length).toBeLessThanOrEqual(2);
  });
});

test('a sub-agent begins on the account of its parent, as a conversation of its own', async () => {
  const relay = await pool(['a', 'b', 'c', 'd']);
  const agents = [
    [{ 'x-session-id': 'root' }, undefined],
    [{ 'x-session-id': 'child', 'x-parent-session-id': 'root' }, undefined],
    [{ 'session-id': 'lead', 'thread-id': 'lead' }, 'lead'],
    [{ 'session-id': 'lead', 'thread-id': 'sub', 'x-codex-parent-thread-id': 'lead' }, 'lead'],
  ] as const;
  const accounts: string[] = [];
  for (const [headers, key] of agents) {
    const { account } = await ask(relay, 'sdk', [user('go')], { headers, prompt_cache_key: key });
    accounts.push(account);
  }
  expect([accounts[1], accounts[3]]).toEqual([accounts[0], accounts[2]]);
  const conversations = (await relay.calls()).map(({ conversationId }) => conversationId);
  expect(new Set(conversations).size).toBe(4);
});

test('chats that begin alike share an account only until their first reply', async () => {
  const relay = await pool(['a', 'b']);
  const chat = async (label: string, ...said: string[]) => {
    await only(relay, label);
    const messages = said.map((content, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content }));
    const { account } = await ask(relay, 'sdk', messages, { prompt_cache_key: undefined });
    await only(relay, 'a', 'b');
    return account;
  };
  await chat('a', 'Hello', 'Hi', 'Tell me a story');
  await chat('b', 'Hello', 'Good day', 'Write a test');
  const ties = (await affinities(relay)).body['affinities'] as { accountLabel: string }[];
  expect(ties.map(({ accountLabel }) => accountLabel)).toEqual(['b', 'a']);
  expect(new Set((await relay.calls()).map(({ conversationId }) => conversationId)).size).toBe(1);
});

test('the API tells what each conversation has cached where, and lets it move', async () => {
  const relay = await pool(['a', 'b']);
  await only(relay, 'a');
  const long = user('word '.repeat(2_000));
  const first = await ask(relay, 'codex', [long]);
  await ask(relay, 'codex', [long, ...first.output, user('two')]);
  const [call] = (await relay.calls()).toReversed();
  const listed = await affinities(relay);
  const tie = {
    conversationId: call!.conversationId,
    accountId: idOf(relay, 'a'),
    accountLabel: 'a',
    tiedAt: expect.any(Number),
    usedAt: expect.any(Number),
    cachedTokens: call!.cachedTokens,
    turns: 2,
  };
  expect(listed).toEqual({ status: 200, body: { affinities: [tie], nextCursor: null } });
  expect(call!.cachedTokens).toBeGreaterThan(2_000);
  expect(await affinities(relay, 'DELETE', `/${call!.conversationId}`)).toEqual({ status: 204, body: {} });
  expect((await affinities(relay, 'DELETE', `/${call!.conversationId}`)).status).toBe(404);
  expect((await affinities(relay)).body).toEqual({ affinities: [], nextCursor: null });
});
