import { expect, test } from 'vitest';
import type { Login } from '../../../src-main/accounts/login.ts';
import { createSignIn } from '../../../src-main/accounts/sign-in/sign-in.ts';
import type { SignInView } from '../../../src-shared/contract/sign-in.ts';

const waiting: SignInView = {
  id: 'signin_1',
  method: 'device',
  state: 'waiting',
  url: 'https://auth.openai.com/codex/device',
  userCode: 'AB12-CD345',
  accountId: null,
  message: 'Type in the code.',
  startedAt: 1,
  expiresAt: 2,
};
const login: Login = {
  kind: 'chatgpt',
  secret: { type: 'personal-token', token: 'at-1' },
  accountId: 'workspace',
  userId: null,
  email: null,
  plan: null,
};

test('one sign-in takes one code, tells of its end once, and lets go of what it held as soon as the code is there', async () => {
  const told: string[] = [];
  const signIn = createSignIn(waiting, {
    enrol: async () => ({ accountId: 'acc_1', message: 'Done.' }),
    changed: () => void told.push('changed'),
    failed: () => void told.push('failed'),
  });
  signIn.whenAnswered(() => void told.push('released'));
  const gate = Promise.withResolvers<Login>();
  const first = signIn.complete(() => gate.promise);
  expect([told, signIn.takesCode, signIn.view()]).toEqual([['released'], false, waiting]);
  signIn.whenAnswered(() => void told.push('released at once'));
  await expect(signIn.complete(async () => login)).rejects.toMatchObject({
    code: 'conflict',
    message: 'This sign-in has had its answer already. Start a new one.',
  });
  gate.resolve(login);
  await first;
  await signIn.settled();
  signIn.end('expired', 'Too late.');
  await expect(signIn.complete(async () => login)).rejects.toMatchObject({ code: 'conflict' });
  expect([told, signIn.view()]).toEqual([
    ['released', 'released at once', 'changed'],
    { ...waiting, state: 'done', url: null, userCode: null, accountId: 'acc_1', message: 'Done.' },
  ]);
});
