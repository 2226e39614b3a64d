import { z } from 'zod';
import { json, type Operation } from '../operation.ts';
import { pauseWishSchema, relayStateSchema } from '../pause.ts';
import { publicStatusSchema, readinessSchema } from '../public-status.ts';
import { secretsMovedSchema, secretsMoveSchema, secretsSchema } from '../secrets.ts';
import { sessionEnterSchema, sessionLinkSchema, sessionSchema } from '../session.ts';
import { settingsPatchSchema, settingsSchema } from '../settings.ts';
import { statusSchema } from '../status.ts';

const relay = { tag: 'Relay', access: 'api' } as const;
const state = json('RelayState', relayStateSchema, 'The pause, or null.');
const session = { tag: 'Session', method: 'post' } as const;
const open = { tag: 'Status', access: 'machine', method: 'get' } as const;

export const relayOperations: readonly Operation[] = [
  {
    ...relay,
    method: 'get',
    path: '/api/status',
    id: 'getStatus',
    summary: 'What Relay is and does now',
    description: 'Version, address, data folder, where secrets are, accounts, calls in flight, the ledger.',
    answers: [json('Status', statusSchema, 'The status.')],
    etag: 'read',
  },
  {
    ...relay,
    method: 'get',
    path: '/api/relay',
    id: 'getRelay',
    summary: 'Whether Relay is paused',
    description: 'Relay as a whole, apart from single accounts.',
    answers: [state],
    etag: 'read',
  },
  {
    ...relay,
    method: 'post',
    path: '/api/relay/pause',
    id: 'pauseRelay',
    summary: 'Pause Relay',
    description: 'For a time or, with an empty object, until it is resumed. May be repeated.',
    body: { name: 'RelayPauseWish', schema: pauseWishSchema, example: { forMs: 3_600_000 } },
    answers: [state],
  },
  {
    ...relay,
    method: 'post',
    path: '/api/relay/resume',
    id: 'resumeRelay',
    summary: 'Resume Relay',
    description: 'Calls are served again. May be repeated.',
    answers: [state],
  },
  {
    ...relay,
    method: 'get',
    path: '/api/events',
    id: 'streamEvents',
    summary: 'Live events',
    description:
      'Server-sent events: `call`, `account`, `status`, `sign-in` carry the schemas Call, AccountList, Status and SignInList. Send the id of the last event as `Last-Event-ID` to go on without loss; `reset` says that this is not possible, so that what was read before must be read again. A reader that is 8 MiB behind is cut off and may go on in the same way.',
    answers: [{ status: 200, description: 'A stream without an end.', media: 'text/event-stream' }],
  },
  {
    ...relay,
    method: 'get',
    path: '/api/settings',
    id: 'getSettings',
    summary: 'All settings',
    description: 'By their dotted names, with what is set or else the default.',
    answers: [json('Settings', settingsSchema, 'The settings.')],
    etag: 'read',
  },
  {
    ...relay,
    method: 'patch',
    path: '/api/settings',
    id: 'changeSettings',
    summary: 'Change settings',
    description:
      'Only what is named changes, and it counts at once, but for limits.headerBytes, timeouts.clientHeadersMs and a longer timeouts.clientBodyMs: those count after a restart.',
    body: { name: 'SettingsPatch', schema: settingsPatchSchema, example: { 'routing.strategy': 'balanced' } },
    answers: [json('Settings', settingsSchema, 'The settings as they are now.')],
    etag: 'write',
  },
  {
    ...relay,
    method: 'get',
    path: '/api/secrets',
    id: 'getSecrets',
    summary: 'Where secrets are kept',
    description: 'The keychain, an encrypted file, or memory. Never the secrets.',
    answers: [json('Secrets', secretsSchema, 'The place.')],
    etag: 'read',
  },
  {
    ...relay,
    method: 'post',
    path: '/api/secrets/move',
    id: 'moveSecrets',
    summary: 'Move all secrets',
    description: 'From the keychain to the encrypted file or back. Old copies are erased once all are moved.',
    body: { name: 'SecretsMove', schema: secretsMoveSchema, example: { to: 'keychain' } },
    answers: [json('SecretsMoved', secretsMovedSchema, 'What was moved, and what is left to do.')],
    errors: [409, 500, 503],
  },
  {
    ...relay,
    method: 'get',
    path: '/api/openapi.json',
    id: 'getOpenApi',
    summary: 'This document',
    description: 'OpenAPI 3.1, made from the contract that requests and answers are checked against.',
    answers: [json('OpenApi', z.looseObject({ openapi: z.literal('3.1.1') }), 'The document.')],
    etag: 'read',
  },
  {
    ...session,
    access: 'link',
    path: '/api/session',
    id: 'enterSession',
    summary: 'Sign a browser in',
    description: 'With the one-time token of a link. The session is an HttpOnly cookie.',
    body: { name: 'SessionEnter', schema: sessionEnterSchema, example: { token: 'the-token-of-the-link' } },
    answers: [json('Session', sessionSchema, 'The cookie is set.', 201)],
  },
  {
    ...session,
    access: 'api',
    path: '/api/session/link',
    id: 'createSessionLink',
    summary: 'Make a sign-in link',
    description: 'A token that works once, within a minute, at `<url>/#/enter/<token>`.',
    answers: [json('SessionLink', sessionLinkSchema, 'The token.', 201)],
  },
  {
    ...open,
    path: '/status.json',
    id: 'getPublicStatus',
    summary: 'The public status',
    description:
      'Gateway, pool, each upstream, storage and secrets, as measured. For this machine only; nothing personal is in it.',
    answers: [json('PublicStatus', publicStatusSchema, 'The status.')],
  },
  {
    ...open,
    path: '/health/live',
    id: 'getLiveness',
    summary: 'Whether Relay runs',
    description: 'Answers as long as the process does.',
    answers: [json('Liveness', z.object({ live: z.literal(true) }), 'It runs.')],
  },
  {
    ...open,
    path: '/health/ready',
    id: 'getReadiness',
    summary: 'Whether a call would be served',
    description: 'With the reasons where not.',
    answers: [
      json('Readiness', readinessSchema, 'It would.'),
      json('Readiness', readinessSchema, 'It would not, for these reasons.', 503),
    ],
  },
  {
    ...open,
    path: '/metrics',
    id: 'getMetrics',
    summary: 'Metrics',
    description: 'For Prometheus.',
    answers: [{ status: 200, description: 'The text format of Prometheus.', media: 'text/plain' }],
  },
];
