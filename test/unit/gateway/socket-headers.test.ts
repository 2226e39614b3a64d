import { expect, test } from 'vitest';
import { socketHeaders } from '../../../src-main/gateway/socket-headers.ts';

test('a message carries the headers that the same call has over HTTP', () => {
  expect(
    socketHeaders({
      session_id: 's',
      turn_id: 't',
      'x-codex-turn-state': 'ts:1',
      'x-codex-window-id': 's:1',
      'x-codex-turn-metadata': '{"turn_id":"t"}',
      ws_request_header_x_openai_internal_codex_responses_lite: 'true',
    }),
  ).toEqual({
    'x-codex-turn-state': 'ts:1',
    'x-codex-window-id': 's:1',
    'x-codex-turn-metadata': '{"turn_id":"t"}',
    'x-openai-internal-codex-responses-lite': 'true',
  });
});

test('folder names in the metadata are escaped, so that they fit a header and are the same JSON', () => {
  const metadata = JSON.stringify({ workspaces: { '/home/jürgen/日本 🎉': {} } });

  const header = socketHeaders({ 'x-codex-turn-metadata': metadata })['x-codex-turn-metadata'];

  expect(header).toMatch(/^[\x20-\x7e]+$/);
  expect(JSON.parse(header ?? '')).toEqual(JSON.parse(metadata));
});

test('what is empty, not text or no metadata at all gives no header', () => {
  expect(socketHeaders({ 'x-codex-turn-state': '', 'x-codex-window-id': 1 })).toEqual({});
  expect(socketHeaders(null)).toEqual({});
  expect(socketHeaders('x-codex-turn-state')).toEqual({});
});
