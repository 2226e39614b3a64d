import { z } from 'zod';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { chatgptLogin, type Login } from './login.ts';

/** The parts of a Codex auth.json that Relay uses (PROTOCOL 1.5). */
const fileSchema = z.looseObject({
  auth_mode: z.string().nullish(),
  OPENAI_API_KEY: z.string().nullish(),
  tokens: z
    .looseObject({
      id_token: z.string().nullish(),
      access_token: z.string().nullish(),
      refresh_token: z.string().nullish(),
      account_id: z.string().nullish(),
    })
    .nullish(),
  last_refresh: z.string().nullish(),
  personal_access_token: z.string().nullish(),
});
type AuthFile = z.infer<typeof fileSchema>;

/** Throws RelayError `invalid_value` with what is wrong with the file, and nothing of what is in it. */
export function readAuthJson(content: string): Login {
  const file = parseFile(content);
  const tokens = file.tokens;
  const bearer = given(tokens?.access_token);
  const personal = given(file.personal_access_token) ?? (bearer?.startsWith(PERSONAL_PREFIX) ? bearer : null);
  const mode = file.auth_mode ?? (bearer === null && personal === null ? 'apikey' : 'chatgpt');
  switch (mode) {
    case 'apikey': {
      const apiKey = given(file.OPENAI_API_KEY);
      if (apiKey === null) throw unusable('It holds neither a ChatGPT login nor an API key. Run codex login first.');
      return { kind: 'openai', secret: { type: 'api-key', apiKey }, ...nobody };
    }
    case 'chatgpt':
    case 'chatgptAuthTokens':
    case 'personalAccessToken':
      if (personal !== null) return personalLogin(personal, given(tokens?.account_id));
      return fileLogin(file, bearer);
    default:
      throw unusable(`Its kind of login (${mode.slice(0, 40)}) cannot be used. Sign in with ChatGPT or an API key.`);
  }
}

/** What a personal access token begins with (PROTOCOL 1.6). */
export const PERSONAL_PREFIX = 'at-';
const nobody = { accountId: null, userId: null, email: null, plan: null };

/** A personal access token says nothing about its login (PROTOCOL 1.6). */
function personalLogin(token: string, accountId: string | null): Login {
  if (!token.startsWith(PERSONAL_PREFIX)) throw unusable('Its personal access token does not begin with at-.');
  return { kind: 'chatgpt', secret: { type: 'personal-token', token }, ...nobody, accountId };
}

function fileLogin(file: AuthFile, accessToken: string | null): Login {
  if (accessToken === null) throw unusable('It holds no access token. Run codex login first.');
  const lastRefreshAt = Date.parse(file.last_refresh ?? '');
  const login = chatgptLogin(
    {
      type: 'chatgpt',
      accessToken,
      refreshToken: given(file.tokens?.refresh_token),
      idToken: given(file.tokens?.id_token),
      lastRefreshAt: Number.isNaN(lastRefreshAt) ? null : lastRefreshAt,
      shared: true,
    },
    given(file.tokens?.account_id),
  );
  if (login === null) throw unusable('Its tokens do not say which ChatGPT account they belong to. Sign in again.');
  return login;
}

function parseFile(content: string): AuthFile {
  let json: unknown;
  try {
    json = JSON.parse(content.replace(/^\uFEFF/, ''));
  } catch {
    throw unusable('It is not JSON.');
  }
  const file = fileSchema.safeParse(json);
  if (!file.success) throw unusable('It does not have the form that the Codex CLI writes.');
  return file.data;
}

/** Line breaks come along with copies; anything else that no header may hold is an error. */
function given(text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return null;
  if (!/^[\x21-\x7e]+$/.test(trimmed)) throw unusable('One of its tokens holds characters that no token has.');
  return trimmed;
}

const unusable = (why: string): RelayError =>
  new RelayError('invalid_value', { message: `This auth.json cannot be imported. ${why}`, param: 'content' });
