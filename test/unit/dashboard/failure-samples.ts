import type { FailureList } from '../../../src-shared/contract/failure.ts';

/** What GET /api/errors answers: one cause that a client saw once and another account made good twice. */
export const failureList: FailureList = {
  from: 1_000,
  to: 2_000,
  causes: 1,
  seen: 1,
  absorbed: 2,
  errors: [
    {
      id: 'err_0123456789abcdef',
      phase: 'answer',
      code: 'usage_limit_reached',
      httpStatus: 429,
      upstream: 'chatgpt',
      reason: 'The usage limit of this account has been reached.',
      seen: 1,
      absorbed: 2,
      firstAt: 1_200,
      lastAt: 1_900,
      keys: [{ id: 'key_1', name: 'laptop', count: 3 }],
      accounts: [{ id: 'acc_1', name: 'personal', count: 3 }],
      models: [{ id: 'gpt-5.5', name: 'gpt-5.5', count: 3 }],
      callIds: ['call_3', 'call_2', 'call_1'],
      series: [
        { at: 1_000, seen: 0, absorbed: 2 },
        { at: 1_500, seen: 1, absorbed: 0 },
      ],
    },
  ],
  uncounted: 0,
};
