export interface Claims {
  readonly accountId?: string;
  readonly userId?: string;
  readonly email?: string;
  readonly plan?: string;
  /** Unix seconds. */
  readonly exp?: number;
  /** Makes two tokens of one login differ. */
  readonly nonce?: string;
}

/** An unsigned token in the form of the sign-in service (PROTOCOL 1.5). */
export function mintToken(claims: Claims): string {
  const payload = {
    ...(claims.exp === undefined ? {} : { exp: claims.exp }),
    ...(claims.nonce === undefined ? {} : { jti: claims.nonce }),
    ...(claims.email === undefined ? {} : { email: claims.email }),
    'https://api.openai.com/auth': {
      chatgpt_account_id: claims.accountId,
      chatgpt_user_id: claims.userId,
      chatgpt_plan_type: claims.plan,
    },
  };
  return `${encode({ alg: 'none' })}.${encode(payload)}.`;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The text of a Codex auth.json. */
export const loginFile = (claims: Claims): string =>
  JSON.stringify({
    auth_mode: 'chatgpt',
    OPENAI_API_KEY: null,
    tokens: {
      id_token: mintToken(claims),
      access_token: mintToken(claims),
      refresh_token: `rt_${claims.nonce ?? 'first'}`,
      account_id: claims.accountId,
    },
    last_refresh: '2026-11-20T10:00:00Z',
  });

export const ada: Claims = {
  accountId: '11111111-2222-3333-4444-555555555555',
  userId: 'user-ada',
  email: 'ada@example.test',
  plan: 'plus',
  exp: 1_800_000_000,
};
