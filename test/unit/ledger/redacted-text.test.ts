import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactText } from '../../../src-main/ledger/redacted-text.ts';
import { isClosedName } from '../../../src-main/log/redact.ts';
import { secretNames } from '../../../src-main/log/secret-names.ts';

const digest = (text: string): string => `of${text.length}`;
const clean = (text: string, left: readonly string[] = []): string => redactText(text, left, digest);

describe('a captured body', () => {
  it.each([
    ['{"authorization":"Bearer abc.def"}', '{"authorization":"[redacted]"}'],
    ['{"password": "a\\"b", "x": 1}', '{"password": "[redacted]", "x": 1}'],
    ['{"accessToken":"opaque","X-API-Key":"opaque"}', '{"accessToken":"[redacted]","X-API-Key":"[redacted]"}'],
    ['{"Access_Token":12345,"x":true}', '{"Access_Token":"[redacted]","x":true}'],
    [
      '{"arguments":"{\\"api_key\\":\\"s3cr3t\\",\\"n\\":1}"}',
      '{"arguments":"{\\"api_key\\":\\"[redacted]\\",\\"n\\":1}"}',
    ],
    ['my key is sk-abcdef123456, keep it', 'my key is [redacted], keep it'],
    ['curl -H "authorization: Bearer tok123456789"', 'curl -H "authorization: [redacted]"'],
    ['{"token":"cut in the mid', '{"token":"[redacted]"'],
    ['the token is lost, tokens: 12', 'the token is lost, tokens: 12'],
  ])('%s', (text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  it.each(secretNames)('loses what stands under %s, as the log does, in any spelling', (name) => {
    const camel = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    for (const spelt of [name, name.replaceAll('-', '_').toUpperCase(), camel]) {
      expect([clean(JSON.stringify({ [spelt]: 'opaque' })), isClosedName(spelt)]).toEqual([
        JSON.stringify({ [spelt]: '[redacted]' }),
        true,
      ]);
    }
  });

  it('loses what the person names: words in any case, and members by name', () => {
    expect(clean('{"ssn":"078-05","note":"for ACME Inc (a+b)"}', ['acme', 'SSN', 'a+b'])).toBe(
      '{"[redacted]":"[redacted]","note":"for [redacted] Inc ([redacted])"}',
    );
  });

  it('keeps length and digest of images and encrypted state, and long words as they are', () => {
    const image = 'iVBORw0KGgo9'.repeat(40);
    const text = `{"url":"data:image/png;base64,${image}","rule":"${'-'.repeat(300)}"}`;
    expect(clean(text)).toBe(`{"url":"data:image/png;base64,[base64 480 sha256 of480]","rule":"${'-'.repeat(300)}"}`);
  });

  it('holds no planted secret, wherever it is cut', () => {
    const secret = fc
      .string({ unit: fc.constantFrom(...'abcdefghXYZ0123456789'), minLength: 24, maxLength: 40 })
      .map((text) => `sk-${text}`);
    const place = fc.constantFrom(
      (s: string) => JSON.stringify({ api_key: s, n: 1 }),
      (s: string) => JSON.stringify({ messages: [{ content: `use ${s} please` }] }),
      (s: string) => JSON.stringify({ arguments: JSON.stringify({ headers: { Authorization: `Bearer ${s}` } }) }),
      (s: string) => `data: ${JSON.stringify({ delta: s })}\n\n`,
    );
    fc.assert(
      fc.property(secret, place, fc.nat({ max: 200 }), fc.string(), (planted, at, cut, before) => {
        const text = JSON.stringify(before) + at(planted);
        const shown = clean(text.slice(0, Math.max(0, text.length - cut)));
        // Of a secret that was cut, no more than a stub that opens nothing.
        expect(shown).not.toContain(planted.slice(0, 12));
      }),
    );
  });
});
