import type { SecretChecks } from '../../src-main/accounts/enrolment.ts';

/** Takes any key or token for a good one, and knows nothing of it. */
export const trustingChecks: SecretChecks = {
  apiKey: async () => [],
  personalToken: async (token) => ({
    kind: 'chatgpt',
    secret: { type: 'personal-token', token },
    accountId: null,
    userId: null,
    email: null,
    plan: null,
  }),
};
