import { accountSchema } from '../account.ts';
import { json, type Operation } from '../operation.ts';
import {
  foundImportSchema,
  foundListSchema,
  signInCallbackSchema,
  signInListSchema,
  signInSchema,
  signInStartSchema,
} from '../sign-in.ts';

const common = { tag: 'Sign-in', access: 'api' } as const;
const one = { ...common, params: { id: 'signin_5d20' } } as const;
const signIn = json('SignIn', signInSchema, 'The sign-in as it is now.');

export const signInOperations: readonly Operation[] = [
  {
    ...common,
    method: 'get',
    path: '/api/accounts/found',
    id: 'listFoundLogins',
    summary: 'Find logins on this machine',
    description: 'Logins of the Codex CLI in its own folders and those of accounts.codexHomes. Never their tokens.',
    answers: [json('FoundLogins', foundListSchema, 'The logins that were found.')],
  },
  {
    ...common,
    method: 'post',
    path: '/api/accounts/found',
    id: 'importFoundLogin',
    summary: 'Import a found login',
    description: 'It becomes an account that stays linked to its file.',
    body: {
      name: 'FoundImport',
      schema: foundImportSchema,
      example: { path: '/home/ada/.codex/auth.json', acceptShared: true },
    },
    answers: [json('Account', accountSchema, 'The new account.', 201)],
    errors: [404, 409],
    idempotent: true,
  },
  {
    ...common,
    method: 'get',
    path: '/api/accounts/sign-ins',
    id: 'listSignIns',
    summary: 'List sign-ins',
    description: 'Those that run or ended lately.',
    answers: [json('SignInList', signInListSchema, 'The sign-ins.')],
    etag: 'read',
  },
  {
    ...common,
    method: 'post',
    path: '/api/accounts/sign-ins',
    id: 'startSignIn',
    summary: 'Sign in with ChatGPT',
    description: 'In a browser, by a pasted address, or with a device code. The answer says where the person goes on.',
    body: { name: 'SignInStart', schema: signInStartSchema, example: { method: 'device', label: 'work' } },
    answers: [json('SignIn', signInSchema, 'It waits for the person.', 201)],
    errors: [404, 502],
  },
  {
    ...one,
    method: 'get',
    path: '/api/accounts/sign-ins/{id}',
    id: 'getSignIn',
    summary: 'How a sign-in stands',
    description: 'Waiting, done, failed, expired or cancelled, with a sentence.',
    answers: [signIn],
    etag: 'read',
  },
  {
    ...one,
    method: 'post',
    path: '/api/accounts/sign-ins/{id}/callback',
    id: 'finishSignIn',
    summary: 'Finish a sign-in by hand',
    description: 'With the whole address that the browser ended at.',
    body: {
      name: 'SignInCallback',
      schema: signInCallbackSchema,
      example: { url: 'http://localhost:1455/auth/callback?code=ac_1&state=st_1' },
    },
    answers: [signIn],
    errors: [409],
  },
  {
    ...one,
    method: 'delete',
    path: '/api/accounts/sign-ins/{id}',
    id: 'cancelSignIn',
    summary: 'Cancel a sign-in',
    description: 'One that has ended stays as it ended.',
    answers: [signIn],
  },
];
