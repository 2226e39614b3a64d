import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clientText, recogniseClient } from '../../../src-main/clients/recognise.ts';

const sdk = (lang: string, version: string, agent: string) => ({
  'user-agent': agent,
  'x-stainless-lang': lang,
  'x-stainless-package-version': version,
});
const codex = (originator: string, version = '0.169.0') => ({
  originator,
  'user-agent': `${originator}/${version} (Debian 12.0.0; x86_64) xterm (${originator}; ${version})`,
});
const native = { keepAlive: 'event', native: true };
const foreign = { keepAlive: 'comment', native: false };

describe('a client is recognised by its headers', () => {
  test.each([
    [codex('codex_exec'), { name: 'Codex CLI 0.169.0', kind: 'codex', ...native }],
    [codex('codex_cli_rs', '0.170.0-alpha.1'), { name: 'Codex CLI 0.170.0-alpha.1', kind: 'codex', ...native }],
    [codex('codex_vscode'), { name: 'Codex for VS Code 0.169.0', kind: 'codex', ...native }],
    [codex('Codex Desktop'), { name: 'Codex Desktop 0.169.0', kind: 'codex', ...native }],
    [codex('codex_new_thing'), { name: 'Codex (codex_new_thing) 0.169.0', kind: 'codex', ...native }],
    [{ originator: 'codex-tui' }, { name: 'Codex CLI', kind: 'codex', ...native }],
    [{ 'user-agent': 'codex_exec/0.169.0 (x)' }, { name: 'Codex CLI 0.169.0', kind: 'codex', ...native }],
    [sdk('js', '7.57.0', 'OpenAI/JS 7.57.0'), { name: 'OpenAI Node SDK 7.57.0', kind: 'openai-node', ...foreign }],
    [
      sdk('python', '2.8.0', 'AsyncOpenAI/Python 2.8.0'),
      { name: 'OpenAI Python SDK 2.8.0', kind: 'openai-python', ...foreign },
    ],
    [sdk('js', '4.1.0', 'MyApp/1.0'), { name: 'OpenAI Node SDK 4.1.0', kind: 'openai-node', ...foreign }],
    [sdk('js', '4.1.0', 'Cline/3.2.1'), { name: 'Cline 3.2.1', kind: 'cline', ...foreign }],
    [
      { 'user-agent': 'opencode/1.0.80 ai-sdk/provider-utils/3.0.9 runtime/bun/1.3.0' },
      { name: 'OpenCode 1.0.80', kind: 'opencode', ...foreign },
    ],
    [
      { 'user-agent': 'ai/7.0.173 ai-sdk/provider-utils/4.0.1 runtime/node.js/24' },
      { name: 'Vercel AI SDK 7.0.173', kind: 'vercel-ai', ...foreign },
    ],
    [{ 'user-agent': 'Cursor/1.7' }, { name: 'Cursor 1.7', kind: 'cursor', ...foreign }],
    [{ 'user-agent': 'Zed/0.212.0 (linux; x86_64)' }, { name: 'Zed 0.212.0', kind: 'zed', ...foreign }],
    [{ 'user-agent': 'Continue/1.2.0' }, { name: 'Continue 1.2.0', kind: 'continue', ...foreign }],
    [{ 'user-agent': 'aider/0.86.1' }, { name: 'Aider 0.86.1', kind: 'aider', ...foreign }],
    [{ 'user-agent': 'Open WebUI/0.6' }, { name: 'Open WebUI 0.6', kind: 'open-webui', ...foreign }],
    [{ 'user-agent': 'curl/8.14.1' }, { name: 'curl 8.14.1', kind: 'curl', ...foreign }],
    [{ 'user-agent': 'MyApp/2.3 (x)' }, { name: 'MyApp 2.3', kind: 'other', ...foreign }],
    [{ 'user-agent': 'Mozilla' }, { name: 'Mozilla', kind: 'other', ...foreign }],
    [{ originator: 'someone' }, { name: null, kind: 'unknown', ...foreign }],
    [{}, { name: null, kind: 'unknown', ...foreign }],
  ])('%j', (headers, expected) => {
    expect(recogniseClient(headers, 'responses')).toEqual(expected);
  });

  test('a Codex program on Chat Completions gets comments and is translated like any other', () => {
    expect(recogniseClient(codex('codex_exec'), 'chat')).toEqual({
      name: 'Codex CLI 0.169.0',
      kind: 'codex',
      ...foreign,
    });
  });
});

describe('what a client says of itself', () => {
  test('is cut to 256 characters and cannot break a line, colour a terminal or turn text round', () => {
    expect(clientText('a\r\nb\u001b[31mc\u202ed\u0000\u2028')).toBe(
      'a\\u000d\\u000ab\\u001b[31mc\\u202ed\\u0000\\u2028',
    );
    expect(clientText('x'.repeat(8_192))).toBe('x'.repeat(256));
    expect([clientText(undefined), clientText(''), clientText(['first', 'second'])]).toEqual([null, null, 'first']);
  });

  test('keeps its emoji, as text and as the bytes that Node makes of it, and is cut before a whole character', () => {
    expect(clientText('app 🚀')).toBe('app 🚀');
    expect(clientText(Buffer.from('app 🚀').toString('latin1'))).toBe('app 🚀');
    expect(clientText('caf\u00e9')).toBe('caf\u00e9');
    expect(clientText(`${'x'.repeat(255)}🚀`)).toBe('x'.repeat(255));
    expect(clientText(`${'x'.repeat(252)}\t`)).toBe('x'.repeat(252));
  });

  test('never throws and is always short, printable and well-formed', () => {
    const header = fc.string({ unit: 'binary', maxLength: 400 });
    fc.assert(
      fc.property(header, header, header, (agent, originator, lang) => {
        const { name } = recogniseClient({ 'user-agent': agent, originator, 'x-stainless-lang': lang }, 'responses');
        const text = clientText(agent) ?? '';
        for (const shown of [text, name ?? '']) {
          expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
          expect(shown.isWellFormed()).toBe(true);
        }
        expect(text.length).toBeLessThanOrEqual(256);
      }),
      { numRuns: 500 },
    );
  });
});
