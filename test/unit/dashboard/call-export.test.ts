import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportCall } from '../../../src-main/dashboard/call-export.ts';
import { harOf } from '../../../src-main/dashboard/call-har.ts';
import { createPseudonyms, type KnownName } from '../../../src-main/dashboard/pseudonyms.ts';
import type { CallBodies } from '../../../src-shared/contract/call-bodies.ts';
import { harSchema } from '../../../src-shared/contract/call-export.ts';
import { served } from '../ledger/sample-call.ts';
import { decision } from './samples.ts';

const relay = { version: '0.1.0', node: 'v24.0.0', platform: 'linux x64' };

describe('pseudonyms', () => {
  const known: KnownName[] = [
    { kind: 'account', words: ['Zoë’s login', 'acc_0a1b2c3d4e5f6071'] },
    { kind: 'account', words: ['b', 'acc_1111111111111111'] },
    { kind: 'key', words: ['laptop', 'key_abcdefabcdef', 'sk-relay-abc'] },
    { kind: 'host', words: ['llm.acme.example'] },
  ];
  const text = (given: string): string => createPseudonyms(known).text(given);

  it.each([
    ['Zoë’s login lost to b by 0.07', 'account-1 lost to account-2 by 0.07'],
    ['zoë’S LOGIN, acc_0a1b2c3d4e5f6071', 'account-1, account-1'],
    ['below, b and LAPTOP', 'below, account-1 and key-1'],
    ['mail ada.b+x@mail.example to ADA.b+x@mail.example', 'mail mail-1 to mail-1'],
    ['llm.acme.example:8443 could not be reached', 'host-1:8443 could not be reached'],
    ['GET https://other.example:99/v1?x=1 from 10.0.0.7', 'GET https://host-1:99/v1?x=1 from host-2'],
    ['https://api.openai.com/v1 and http://127.0.0.1:4141/', 'https://api.openai.com/v1 and http://127.0.0.1:4141/'],
    ['resp_68a1b2c3d4e5f6 after 0b9c0bde-2a3f-4c1d-8e7f-001122334455', 'id-1 after id-2'],
    ['/home/ada/.codex/auth.json', '/home/path-1/.codex/auth.json'],
    ['fe80::1ff:fe23:4567:890a at 12:30:15', 'host-1 at 12:30:15'],
    ['Bearer abcdef123456 and sk-proj-1234567890', '[redacted] and [redacted]'],
    ['gpt-5.5 with effort high took 1200 ms', 'gpt-5.5 with effort high took 1200 ms'],
  ])('%s', (given, expected) => {
    expect(text(given)).toBe(expected);
  });
});

/** Names as people give them, long enough to be told from any other text. */
const letters = fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'), minLength: 8, maxLength: 12 });
const label = fc
  .tuple(letters, fc.constantFrom('’s login', ' (Büro)', '_main', '.+[x]', ''))
  .map((parts) => parts.join(''));
const planted = fc.record({
  accounts: fc.uniqueArray(label, { minLength: 2, maxLength: 3 }),
  key: label,
  project: label,
  member: label,
  mail: letters.map((name) => `${name}@${name}.example`),
  host: letters.map((name) => `llm.${name}.example`),
  address: fc.ipV4().filter((ip) => ip !== '127.0.0.1' && ip !== '0.0.0.0'),
  secret: letters.map((word) => `sk-proj-${word}${word}`),
  token: letters.map((word) => `Bearer ${word}${word}`),
  id: fc.uuid(),
});

describe('an exported call', () => {
  it('holds nothing that was planted anywhere in it: no label, mail, name, id, host, address or secret', () => {
    fc.assert(
      fc.property(
        planted,
        fc.boolean(),
        ({ accounts, key, project, member, mail, host, address, secret, token, id }, har) => {
          const [first = '', second = ''] = accounts;
          const ids = accounts.map((_, index) => `acc_${'0123456789abcde'}${index}`);
          const words = [...accounts, ...ids, key, project, member, mail, host, address, secret, token, id];
          const everything = `${words.join(' then ')} at https://${host}/v1 by ${token}`;
          const attempt = {
            ...served('call_1').attempts[0]!,
            accountId: ids[1]!,
            accountLabel: second,
            outcome: 'failed' as const,
            reason: `${host} could not be reached: ${everything}.`,
          };
          const call = served(`call_${id.replaceAll('-', '')}`, {
            ...{ keyId: 'key_0123456789abcdef', keyName: key, project, member, modelAsked: `gpt-5.5 ${secret}` },
            ...{ accountId: ids[0]!, accountLabel: first, conversationId: id, responseId: `resp_${id}` },
            ...{ userAgent: `tool/1.0 (${everything})`, client: everything, reason: everything, dropped: [everything] },
            attempts: [attempt, { ...attempt, accountId: ids[0]!, accountLabel: first, reason: everything }],
          });
          const body = { text: JSON.stringify({ input: everything, email: mail }), bytes: 10, cut: false };
          const kept: CallBodies = {
            callId: call.id,
            at: 1,
            request: { headers: { host: `${host}:443`, 'x-note': everything, 'x-forwarded-for': address }, body },
            sent: [{ accountId: ids[1]!, headers: { 'session-id': id, 'x-note': everything }, body }],
            upstream: { headers: { 'x-request-id': `req_${id}`, 'x-note': everything } },
            answer: { status: 200, headers: { 'x-relay-account': first, 'x-relay-reason': everything }, body },
          };
          const view = {
            ...decision,
            chosenId: ids[0]!,
            reason: `${first}: ${everything}`,
            candidates: decision.candidates.map((candidate, index) => ({
              ...candidate,
              accountId: ids[index] ?? ids[0]!,
              accountLabel: accounts[index] ?? first,
              lost: `${second} lost by 0.07: ${everything}`,
            })),
          };
          const names: KnownName[] = [
            { kind: 'host', words: [host] },
            ...accounts.map((name, index): KnownName => ({ kind: 'account', words: [name, ids[index] ?? null] })),
          ];
          const exported = exportCall({ relay, call, decisions: [view], kept, withBodies: true, names });
          const shown = JSON.stringify(har ? harOf(exported) : exported).toLowerCase();
          for (const word of [...words, token.slice(7), call.id]) {
            expect(shown).not.toContain(JSON.stringify(word).slice(1, -1).toLowerCase());
          }
          harSchema.parse(harOf(exported));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('calls the same thing by the same name everywhere, and keeps all that says what happened', () => {
    const call = served('call_9', { reason: 'Zoë’s login answered 200.', project: 'site' });
    const { call: shown, ...rest } = exportCall({
      relay,
      call,
      decisions: [],
      kept: null,
      withBodies: true,
      names: [],
    });
    const account = { accountId: 'account-1', accountLabel: 'account-1' };
    expect([shown, rest]).toEqual([
      {
        ...call,
        ...{
          id: 'id-1',
          keyId: 'key-1',
          keyName: 'key-1',
          conversationId: 'id-2',
          responseId: 'id-3',
          project: 'project-1',
        },
        ...account,
        reason: 'account-1 answered 200.',
        attempts: [{ ...call.attempts[0], ...account }],
      },
      { format: 'relay-call', version: 1, relay, decisions: [], headers: null, bodies: null },
    ]);
  });

  it('has headers where they are kept, and bodies only where they are asked for', () => {
    const body = { text: 'a prompt', bytes: 8, cut: false };
    const kept: CallBodies = {
      callId: 'call_9',
      at: 1,
      request: { headers: { accept: '*/*' }, body },
      sent: [{ accountId: 'acc_1', headers: { originator: 'relay' }, body: null }],
      upstream: { headers: {} },
      answer: { status: 200, headers: {}, body },
    };
    const of = (withBodies: boolean) =>
      exportCall({ relay, call: served('call_9'), decisions: [], kept, withBodies, names: [] });
    expect([of(false).headers, of(false).bodies, of(true).bodies]).toEqual([
      {
        request: { headers: { accept: '*/*' } },
        sent: [{ accountId: 'account-1', headers: { originator: 'relay' } }],
        upstream: { headers: {} },
        answer: { status: 200, headers: {} },
      },
      null,
      { request: kept.request, sent: [{ ...kept.sent[0], accountId: 'account-1' }], answer: kept.answer },
    ]);
    expect(JSON.stringify(harOf(of(false)))).not.toContain('a prompt');
    const [client, attempt] = harOf(of(true)).log.entries;
    expect([client!.request.postData?.text, client!.response.content.text, attempt!.request.postData?.text]).toEqual([
      'a prompt',
      'a prompt',
      'a prompt',
    ]);
  });
});
