import type { Finding } from '../../src-shared/contract/doctor.ts';

type Check = Finding['check'];

/** Findings in one line each. */
export const found = {
  ok: (check: Check, sentence: string, subject: string | null = null): Finding => ({
    ...{ check, subject, state: 'ok', sentence, fix: null },
  }),
  warning: (check: Check, sentence: string, fix: string | null, subject: string | null = null): Finding => ({
    ...{ check, subject, state: 'warning', sentence, fix },
  }),
  broken: (check: Check, sentence: string, fix: string | null, subject: string | null = null): Finding => ({
    ...{ check, subject, state: 'broken', sentence, fix },
  }),
};
