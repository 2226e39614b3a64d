import {
  type KeyCreate,
  type KeyPatch,
  keyCreatedSchema,
  keyListSchema,
  keySchema,
  keyUseListSchema,
} from '../../src-shared/contract/key.ts';
import { ask } from './client.ts';

const at = (id: string, action = ''): string => `/api/keys/${encodeURIComponent(id)}${action}`;

export const getKeys = () => ask(keyListSchema, '/api/keys');
export const getKeyUse = () => ask(keyUseListSchema, '/api/keys/use');
export const createKey = (body: KeyCreate) => ask(keyCreatedSchema, '/api/keys', { method: 'POST', body });
export const changeKey = (id: string, body: KeyPatch) => ask(keySchema, at(id), { method: 'PATCH', body });
/** The old secret works for `graceMs` more. */
export const rotateKey = (id: string, graceMs: number) =>
  ask(keyCreatedSchema, at(id, '/rotate'), { method: 'POST', body: { graceMs } });
/** `cut` ends its running calls too. */
export const revokeKey = (id: string, cut: boolean) =>
  ask(keySchema, at(id, '/revoke'), { method: 'POST', body: { cut } });
