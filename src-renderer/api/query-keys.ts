/** The names under which TanStack Query keeps what was read. */
export const queryKeys = {
  status: ['status'],
  accounts: ['accounts'],
  keys: ['keys'],
  allCalls: ['calls'],
  call: (id: string) => ['call', id],
} as const;
