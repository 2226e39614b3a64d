import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ScriptEntry } from '../../src-main/simulator/fault.ts';
import type { AccountView } from '../../src-shared/contract/account.ts';
import type { AuditList } from '../../src-shared/contract/audit.ts';
import { api, ask, idOf, post, viewOf } from '../support/account-asks.ts';
import { createManualTime, type ManualTime } from '../support/manual-timers.ts';
import { sseData } from '../support/raw-call.ts';
import { type RunningRelay, type RunningRelayOptions, startRelay } from '../support/running-relay.ts';

const HOUR = 3_600_000;

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

async function pool(names: readonly string[], more: Partial<RunningRelayOptions> = {}): Promise<RunningRelay> {
  running = await startRelay({ accounts: names.map((name) => ({ name, kind: 'chatgpt' })), ...more });
  return running;
}

/** An answer that stops after its first words until the test lets it go on. */
const held: ScriptEntry = { kind: 'silence', at: 'deltas', afterDeltas: 2, ms: HOUR };

/** Resolves with the whole text once it began; `begun` as soon as the client has some of it. */
async function openStream(relay: RunningRelay, text: string): Promise<{ readonly rest: Promise<string> }> {
  const response = await post(relay, text);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let read = '';
  while (!read.includes('output_text.delta')) read += (await reader.read()).value ?? '';
  const rest = async (): Promise<string> => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return read;
      read += value;
    }
  };
  return { rest: rest() };
}

const textOf = (stream: string): string =>
  (sseData(stream) as { type?: string; delta?: string }[])
    .map(({ type, delta }) => (type === 'response.output_text.delta' ? delta : ''))
    .join('');

describe('during a stream', () => {
  let time: ManualTime;
  const onHold = async (): Promise<RunningRelay> => {
    time = createManualTime(0);
    const relay = await pool(['a', 'b'], { simulator: { timers: time.timers } });
    relay.simulator.account('a').script(held);
    await api(relay, 'POST', `/accounts/${idOf(relay, 'a')}/pin`, { forMs: HOUR });
    return relay;
  };
  const goOn = async (stream: { readonly rest: Promise<string> }): Promise<string> => {
    await time.untilSet(HOUR);
    time.advance(HOUR);
    return textOf(await stream.rest);
  };

  test('R-06 an account that is switched off completes it and gets no new call', async () => {
    const relay = await onHold();
    const stream = await openStream(relay, 'sim:say one two three four');
    await api(relay, 'POST', `/accounts/${idOf(relay, 'a')}/disable`);
    const others = [await ask(relay), await ask(relay), await ask(relay)];
    const text = await goOn(stream);
    expect([text, others, relay.simulator.modelRequests('a').length]).toEqual([
      'one two three four',
      ['b', 'b', 'b'],
      1,
    ]);
    const [first] = await relay.calls();
    expect([first?.status, first?.accountLabel]).toEqual(['ok', 'a']);
  });

  test('R-07 an account that is deleted completes it, its secret goes then, and the row keeps its label', async () => {
    const relay = await onHold();
    const id = idOf(relay, 'a');
    const stream = await openStream(relay, 'sim:say one two three four');
    await api(relay, 'DELETE', `/accounts/${id}`);
    const other = await ask(relay);
    const secret = () => relay.relay.secrets.get(`account/${id}`);
    const hadSecret = (await secret()) !== null;
    const text = await goOn(stream);
    await vi.waitUntil(async () => (await secret()) === null, 10_000);
    const { entries } = await api<AuditList>(relay, 'GET', `/accounts/${id}/audit?limit=1`);
    expect({
      text,
      other,
      hadSecret,
      labels: relay.relay.accounts.views().map(({ label }) => label),
      calls: (await relay.calls()).map(({ status, accountId, accountLabel }) => [
        status,
        accountId === id,
        accountLabel,
      ]),
      audit: entries.map(({ actor, what, accountLabel }) => [actor, what, accountLabel]),
    }).toEqual({
      text: 'one two three four',
      other: 'b',
      hadSecret: true,
      labels: ['b'],
      calls: [
        ['ok', true, 'a'],
        ['ok', false, 'b'],
      ],
      audit: [['api', 'deleted', 'a']],
    });
  });

  test('an account with as many calls as it may have is busy, and the next call goes elsewhere', async () => {
    const relay = await onHold();
    await api(relay, 'PATCH', `/accounts/${idOf(relay, 'a')}`, { maxConcurrency: 1 });
    const stream = await openStream(relay, 'sim:say one two three four');
    const during = [viewOf(relay, 'a').health, await ask(relay)];
    await goOn(stream);
    expect([during, viewOf(relay, 'a').health.state, await ask(relay)]).toEqual([
      [{ state: 'busy', reason: 'Busy with the one call that it may have at once.', until: null }, 'b'],
      'ready',
      'a',
    ]);
  });
});

describe('the next call', () => {
  test('goes where it is pinned, at once, and anywhere again after it is unpinned (CLIENTS 21)', async () => {
    const relay = await pool(['a', 'b', 'c']);
    const served: string[] = [];
    for (const label of ['b', 'c', 'a']) {
      await api(relay, 'POST', `/accounts/${idOf(relay, label)}/pin`, { forMs: HOUR });
      served.push(await ask(relay, `sim:say one for ${label}`), await ask(relay, `sim:say two for ${label}`));
    }
    await api(relay, 'POST', `/accounts/${idOf(relay, 'a')}/unpin`);
    expect([served, relay.relay.accounts.views().every(({ pinnedUntil }) => pinnedUntil === null)]).toEqual([
      ['b', 'b', 'c', 'c', 'a', 'a'],
      true,
    ]);
  });

  test('leaves a pinned account that cannot serve it', async () => {
    const relay = await pool(['a', 'b']);
    await api(relay, 'POST', `/accounts/${idOf(relay, 'a')}/pin`, { forMs: HOUR });
    await api(relay, 'POST', `/accounts/${idOf(relay, 'a')}/pause`, {});
    expect([await ask(relay), await ask(relay)]).toEqual(['b', 'b']);
  });

  test('goes to no account that is paused or at rest by hand, and comes back when it is resumed or woken', async () => {
    const relay = await pool(['a', 'b']);
    const [a, b] = [idOf(relay, 'a'), idOf(relay, 'b')];
    await ask(relay);
    await ask(relay, 'sim:say another conversation');
    await api(relay, 'POST', `/accounts/${a}/pause`, { forMs: HOUR });
    const paused = [await ask(relay), await ask(relay)];
    await api(relay, 'POST', `/accounts/${a}/resume`);
    await api(relay, 'POST', `/accounts/${b}/pause`, {});
    await ask(relay);
    await api(relay, 'POST', `/accounts/${b}/resume`);
    const rested = await api<AccountView>(relay, 'POST', `/accounts/${b}/rest`, { untilReset: true });
    const resting = [await ask(relay), await ask(relay)];
    await api(relay, 'POST', `/accounts/${a}/disable`);
    await api(relay, 'POST', `/accounts/${b}/wake`);
    expect([paused, rested.health.state, resting, await ask(relay)]).toEqual([['b', 'b'], 'resting', ['a', 'a'], 'b']);
  });

  test('tells why no account can serve it while none looks active (CLIENTS 3)', async () => {
    const relay = await pool(['a', 'b']);
    await api(relay, 'POST', `/accounts/${idOf(relay, 'a')}/pause`, {});
    await api(relay, 'POST', `/accounts/${idOf(relay, 'b')}/disable`);
    const response = await post(relay, 'sim:say hello');
    expect([
      response.status,
      ((await response.json()) as { error: { message: string } }).error.message,
      relay.relay.accounts.views().map(({ health }) => health),
    ]).toEqual([
      503,
      'No account can serve this call. a: Paused by you. b: Switched off by you. ' +
        'What helps: relay accounts resume ID, relay accounts enable ID.',
      [
        { state: 'paused', reason: 'Paused by you until you resume it.', until: null },
        { state: 'disabled', reason: 'Switched off by you.', until: null },
      ],
    ]);
  });
});

describe('live events', () => {
  test('tell that a pause has begun and that it is over', async () => {
    const time = createManualTime(Date.now());
    const relay = await pool(['a'], { time });
    const response = await fetch(`${relay.url}/api/events`, { headers: { authorization: `Bearer ${relay.apiToken}` } });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const until = async (state: string): Promise<void> => {
      while (!text.includes(`"health":{"state":"${state}"`)) text += (await reader.read()).value ?? '';
      text = '';
    };
    await until('ready');
    await api(relay, 'POST', `/accounts/${idOf(relay, 'a')}/pause`, { forMs: HOUR });
    await until('paused');
    time.advance(HOUR);
    await until('ready');
    await reader.cancel();
  });
});
