import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, test } from 'vitest';
import { type ConversationFields, conversationOf, sessionUuid } from '../../../src-main/clients/conversation.ts';

const fields: ConversationFields = {
  promptCacheKey: null,
  model: 'gpt-5.5',
  instructions: 'Be brief.',
  firstUserMessage: 'Hello',
  firstReply: null,
};
const idOf = (headers: IncomingHttpHeaders, given = fields, keyId = 'key-1'): string =>
  conversationOf(headers, given, keyId).id;

describe('the conversation of a request', () => {
  test('is the one that the body names, before any header', () => {
    const named = { ...fields, promptCacheKey: 'cache-key' };
    expect(idOf({ 'session-id': 'other' }, named)).toBe(idOf({}, { ...named, firstUserMessage: 'Something else' }));
  });

  test.each([
    'session-id',
    'x-session-id',
    'x-opencode-session',
    'x-session-affinity',
    'x-openwebui-chat-id',
    'thread-id',
    'session_id',
    'conversation_id',
    'x-parent-session-id',
  ])('is the one named by %s, whatever is said in it', (header) => {
    const first = idOf({ [header]: 'abc' });
    expect([
      idOf({ [header]: 'abc' }, { ...fields, model: 'gpt-6-sol', firstUserMessage: 'Bye', firstReply: 'Hi' }),
      idOf({}, { ...fields, promptCacheKey: 'abc' }),
    ]).toEqual([first, first]);
    expect(idOf({ [header]: 'abd' })).not.toBe(first);
  });

  test('is the own session of a child, which may begin where its parent is', () => {
    const parent = conversationOf({ 'x-session-id': 'parent' }, fields, 'key-1');
    const child = conversationOf({ 'x-parent-session-id': 'parent', 'x-session-id': 'child' }, fields, 'key-1');
    const alone = conversationOf({ 'x-session-id': 'child' }, fields, 'key-1');
    expect(child).toEqual({ id: alone.id, tieId: alone.id, parentTieId: parent.tieId });
    expect(parent.parentTieId).toBe(null);
  });

  test('is the own thread of a sub-agent of Codex, although it has the cache key of its root', () => {
    const named = { ...fields, promptCacheKey: 'root' };
    const root = conversationOf({ 'session-id': 'root', 'thread-id': 'root' }, named, 'key-1');
    const agent = { 'session-id': 'root', 'thread-id': 'sub', 'x-codex-parent-thread-id': 'root' };
    const child = conversationOf(agent, named, 'key-1');
    const nested = { ...agent, 'thread-id': 'deeper', 'x-codex-parent-thread-id': 'sub' };
    expect([child.id === root.id, child.parentTieId]).toEqual([false, root.tieId]);
    expect(conversationOf(nested, named, 'key-1').parentTieId).toBe(child.tieId);
  });

  test('is told by key, model, instructions and first message where the client names none', () => {
    const variants = [
      idOf({}),
      idOf({}, fields, 'key-2'),
      idOf({}, { ...fields, model: 'gpt-6-sol' }),
      idOf({}, { ...fields, instructions: null }),
      idOf({}, { ...fields, firstUserMessage: 'Hello!' }),
      idOf({}, { ...fields, instructions: 'Be brief.Hel', firstUserMessage: 'lo' }),
      idOf({}, { ...fields, firstUserMessage: null }),
    ];
    expect(new Set(variants).size).toBe(variants.length);
    expect(idOf({}, { ...fields })).toBe(variants[0]);
  });

  test('with the same opening as another has a tie of its own from its first reply on, and begins where they were one', () => {
    const opening = conversationOf({}, fields, 'key-1');
    const one = conversationOf({}, { ...fields, firstReply: 'Hi!' }, 'key-1');
    const other = conversationOf({}, { ...fields, firstReply: 'Good day!' }, 'key-1');
    expect(opening).toEqual({ id: opening.id, tieId: opening.id, parentTieId: null });
    expect([one.id, one.parentTieId, other.id, other.parentTieId]).toEqual(Array(4).fill(opening.id));
    expect(new Set([opening.tieId, one.tieId, other.tieId]).size).toBe(3);
  });

  test('is that of the chain which it goes on from, unless the client names another', () => {
    const chain = { rootId: 'resp_1', conversationId: 'conv_0' };
    const chained = conversationOf({}, fields, 'key-1', chain);
    const elsewhere = conversationOf({}, fields, 'key-1', { ...chain, rootId: 'resp_2' });
    const named = conversationOf({}, { ...fields, promptCacheKey: 'name' }, 'key-1', chain);
    expect([chained.id, chained.tieId === elsewhere.tieId]).toEqual(['conv_0', false]);
    expect(named).toEqual(conversationOf({}, { ...fields, promptCacheKey: 'name' }, 'key-1'));
  });

  test('never crosses keys, even under the same name', () => {
    const named = { ...fields, promptCacheKey: 'shared' };
    expect(idOf({}, named)).not.toBe(idOf({}, named, 'key-2'));
  });

  test('takes no empty or endless name', () => {
    const read = idOf({});
    expect([
      idOf({ 'session-id': '  ' }, { ...fields, promptCacheKey: '' }),
      idOf({ 'session-id': 'x'.repeat(513) }),
    ]).toEqual([read, read]);
  });

  test('holds nothing of what was said or named', () => {
    const { id, tieId, parentTieId } = conversationOf({}, { ...fields, firstReply: 'A secret' }, 'key-1');
    for (const each of [id, tieId, parentTieId]) expect(each).toMatch(/^conv_[0-9a-f]{32}$/);
  });
});

describe('the session that Relay names upstream', () => {
  test('is a version 8 UUID that stays the same for a conversation and differs for another', () => {
    const conversation = idOf({});
    const session = sessionUuid(conversation);
    expect(session).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect([sessionUuid(conversation), sessionUuid(`${conversation}x`) === session]).toEqual([session, false]);
  });
});
