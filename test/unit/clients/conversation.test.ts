import { describe, expect, test } from 'vitest';
import { conversationId, sessionUuid } from '../../../src-main/clients/conversation.ts';

const fields = {
  promptCacheKey: null,
  model: 'gpt-5.5',
  instructions: 'Be brief.',
  firstUserMessage: 'Hello',
};

describe('the conversation of a request', () => {
  test('is the one that the body names, before any header', () => {
    const named = { ...fields, promptCacheKey: 'cache-key' };
    expect(conversationId({ 'session-id': 'other' }, named, 'key-1')).toBe(
      conversationId({}, { ...named, firstUserMessage: 'Something else' }, 'key-1'),
    );
  });

  test.each([
    'session-id',
    'x-session-id',
    'x-opencode-session',
    'thread-id',
    'session_id',
    'conversation_id',
    'x-parent-session-id',
  ])('is the one named by %s, whatever is said in it', (header) => {
    const first = conversationId({ [header]: 'abc' }, fields, 'key-1');
    expect([
      conversationId({ [header]: 'abc' }, { ...fields, model: 'gpt-6-sol', firstUserMessage: 'Bye' }, 'key-1'),
      conversationId({}, { ...fields, promptCacheKey: 'abc' }, 'key-1'),
    ]).toEqual([first, first]);
    expect(conversationId({ [header]: 'abd' }, fields, 'key-1')).not.toBe(first);
  });

  test('is the own session of a child before that of its parent', () => {
    expect(conversationId({ 'x-parent-session-id': 'parent', 'x-session-id': 'child' }, fields, 'key-1')).toBe(
      conversationId({ 'x-session-id': 'child' }, fields, 'key-1'),
    );
  });

  test('is told by key, model, instructions and first message where the client names none', () => {
    const variants = [
      conversationId({}, fields, 'key-1'),
      conversationId({}, fields, 'key-2'),
      conversationId({}, { ...fields, model: 'gpt-6-sol' }, 'key-1'),
      conversationId({}, { ...fields, instructions: null }, 'key-1'),
      conversationId({}, { ...fields, firstUserMessage: 'Hello!' }, 'key-1'),
      conversationId({}, { ...fields, instructions: 'Be brief.Hel', firstUserMessage: 'lo' }, 'key-1'),
      conversationId({}, { ...fields, firstUserMessage: null }, 'key-1'),
    ];
    expect(new Set(variants).size).toBe(variants.length);
    expect(conversationId({}, { ...fields }, 'key-1')).toBe(variants[0]);
  });

  test('never crosses keys, even under the same name', () => {
    const named = { ...fields, promptCacheKey: 'shared' };
    expect(conversationId({}, named, 'key-1')).not.toBe(conversationId({}, named, 'key-2'));
  });

  test('takes no empty or endless name', () => {
    const read = conversationId({}, fields, 'key-1');
    expect([
      conversationId({ 'session-id': '  ' }, { ...fields, promptCacheKey: '' }, 'key-1'),
      conversationId({ 'session-id': 'x'.repeat(513) }, fields, 'key-1'),
    ]).toEqual([read, read]);
  });

  test('holds nothing of what was said or named', () => {
    expect(conversationId({ 'session-id': 'secret-name' }, fields, 'key-1')).toMatch(/^conv_[0-9a-f]{32}$/);
  });
});

describe('the session that Relay names upstream', () => {
  test('is a version 8 UUID that stays the same for a conversation and differs for another', () => {
    const conversation = conversationId({}, fields, 'key-1');
    const session = sessionUuid(conversation);
    expect(session).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect([sessionUuid(conversation), sessionUuid(`${conversation}x`) === session]).toEqual([session, false]);
  });
});
