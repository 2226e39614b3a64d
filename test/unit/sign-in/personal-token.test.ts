import { expect, test } from 'vitest';
import { readPersonalToken } from '../../../src-main/accounts/sign-in/personal-token.ts';
import { signInWorld } from './sign-in-world.ts';

test('the sign-in service says whose a personal access token is', async () => {
  const { simulator, issuer } = await signInWorld();
  const ann = simulator.account('ann');
  const token = ann.tokens.issuePersonal();
  expect([await readPersonalToken(issuer, token), simulator.journal.map(({ path, status }) => [path, status])]).toEqual(
    [
      {
        kind: 'chatgpt',
        secret: { type: 'personal-token', token },
        accountId: ann.accountId,
        userId: 'user-ann',
        email: 'ann@example.test',
        plan: 'plus',
      },
      [['/api/accounts/v1/user-auth-credential/whoami', 200]],
    ],
  );
});

test('one that is refused, and a service that cannot say, are told apart and hold no token', async () => {
  const { simulator, issuer } = await signInWorld();
  const ann = simulator.account('ann');
  const [revoked, good] = [ann.tokens.issuePersonal(), ann.tokens.issuePersonal()];
  ann.tokens.revoke(revoked);
  const refused = `${issuer.host} does not accept this personal access token. Make a new one and try again. Nothing was kept.`;
  for (const token of [revoked, 'at-unknown', ann.accessToken()]) {
    await expect(readPersonalToken(issuer, token)).rejects.toMatchObject({ code: 'invalid_value', message: refused });
  }
  const when = { endpoint: 'whoami' as const };
  ann.script({ kind: 'status', status: 503, when }, { kind: 'json-200', body: { email: 'ann@example.test' }, when });
  await expect(readPersonalToken(issuer, good)).rejects.toMatchObject({
    code: 'upstream_error',
    message: `${issuer.host} refused with HTTP 503.`,
  });
  await expect(readPersonalToken(issuer, good)).rejects.toMatchObject({ code: 'upstream_invalid_response' });
});
