import type { KeyDeskPort } from '../../../src-main/dashboard/ports.ts';
import { key, keyUse, startAt } from './samples.ts';

type Note = (what: string, ...details: unknown[]) => void;

/** One key, and what it was asked; `only` refuses other ids. */
export function recordingKeys(note: Note, only: (id: string, known: string) => void): KeyDeskPort {
  return {
    list: () => [key],
    use: () => ({ key_1: keyUse }),
    create: (input) => {
      note('create', input);
      return { key, secret: 'rk_secret' };
    },
    change: (id, wanted) => {
      only(id, 'key_1');
      note('change', id, wanted);
      return { ...key, overflow: wanted.overflow ?? key.overflow };
    },
    rotate: (id, graceMs) => {
      only(id, 'key_1');
      note('rotate', id, graceMs);
      return { key, secret: 'rk_rotated' };
    },
    revoke: (id, cut) => {
      only(id, 'key_1');
      note('revoke', id, cut);
      return { ...key, revokedAt: startAt };
    },
  };
}
