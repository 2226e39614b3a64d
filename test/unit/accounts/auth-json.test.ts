import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAuthJson } from '../../../src-main/accounts/auth-json.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import { ada, loginFile, mintToken } from './login-file.ts';

const messageOf = (content: string): string => {
  try {
    readAuthJson(content);
  } catch (error) {
    if (error instanceof RelayError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
};
const refused = (why: string): string => `invalid_value: This auth.json cannot be imported. ${why}`;

describe('a Codex auth.json', () => {
  test('with a ChatGPT login gives its tokens and what they say of it', () => {
    expect(readAuthJson(loginFile(ada))).toEqual({
      kind: 'chatgpt',
      secret: {
        type: 'chatgpt',
        accessToken: mintToken(ada),
        idToken: mintToken(ada),
        refreshToken: 'rt_first',
        lastRefreshAt: Date.UTC(2026, 10, 20, 10),
        shared: true,
      },
      accountId: ada.accountId,
      userId: 'user-ada',
      email: 'ada@example.test',
      plan: 'plus',
    });
  });

  test('may come with a byte order mark, without mode and without an id token', () => {
    const file = { tokens: { access_token: mintToken(ada) } };
    expect(readAuthJson(`\uFEFF${JSON.stringify(file)}`)).toMatchObject({
      kind: 'chatgpt',
      accountId: ada.accountId,
      email: 'ada@example.test',
      secret: { refreshToken: null, idToken: null, lastRefreshAt: null },
    });
  });

  test('takes the account id of the tokens before the one in the claims, and the mail of the profile where there is no other', () => {
    const claims = {
      'https://api.openai.com/profile': { email: 'p@example.test' },
      'https://api.openai.com/auth': { user_id: 'u' },
    };
    const token = `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
    const login = readAuthJson(JSON.stringify({ tokens: { access_token: token, account_id: 'workspace' } }));
    expect([login.accountId, login.userId, login.email, login.plan]).toEqual([
      'workspace',
      'u',
      'p@example.test',
      null,
    ]);
  });

  test('with a personal access token gives that, wherever it stands', () => {
    const secret = { type: 'personal-token', token: 'at-1' };
    expect([
      readAuthJson('{"auth_mode":"personalAccessToken","personal_access_token":"at-1"}').secret,
      readAuthJson('{"auth_mode":"chatgpt","tokens":{"access_token":"at-1"}}').secret,
    ]).toEqual([secret, secret]);
  });

  test.each([
    ['nothing', '', 'It is not JSON.'],
    ['half a file', '{"tokens":', 'It is not JSON.'],
    ['a list', '[]', 'It does not have the form that the Codex CLI writes.'],
    ['other types', '{"tokens":{"access_token":5}}', 'It does not have the form that the Codex CLI writes.'],
    ['no login', '{}', 'It holds neither a ChatGPT login nor an API key. Run codex login first.'],
    ['no token', '{"auth_mode":"chatgpt","tokens":{}}', 'It holds no access token. Run codex login first.'],
    [
      'a token that says nothing',
      '{"tokens":{"access_token":"abc"}}',
      'Its tokens do not say which ChatGPT account they belong to. Sign in again.',
    ],
    [
      'an agent identity',
      '{"auth_mode":"agentIdentity"}',
      'Its kind of login (agentIdentity) cannot be used. Sign in with ChatGPT or an API key.',
    ],
    [
      'a token that could end a header',
      '{"OPENAI_API_KEY":"sk-1\\r\\nx-evil: 1"}',
      'One of its tokens holds characters that no token has.',
    ],
    [
      'a foreign token as personal',
      '{"auth_mode":"personalAccessToken","personal_access_token":"pat-1"}',
      'Its personal access token does not begin with at-.',
    ],
  ])('with %s is refused in one sentence that says why', (_, content, why) => {
    expect(messageOf(content)).toBe(refused(why));
  });

  test('whatever it holds is read or refused, and no refusal repeats a secret', () => {
    const field = fc.oneof(fc.string(), fc.constant('SECRETSECRET'), fc.jsonValue());
    fc.assert(
      fc.property(
        fc.record(
          {
            auth_mode: field,
            OPENAI_API_KEY: fc.constantFrom('SECRETSECRET', 'SECRETSECRET\n\u0000', 7, null),
            tokens: fc.oneof(fc.record({ access_token: field, id_token: field, account_id: field }), field),
          },
          { requiredKeys: [] },
        ),
        (file) => {
          const message = messageOf(
            JSON.stringify({ ...file, auth_mode: file.auth_mode === 'SECRETSECRET' ? '' : file.auth_mode }),
          );
          expect(message).not.toContain('SECRETSECRET');
        },
      ),
      { numRuns: 300 },
    );
  });
});
