import type { AccountPolicy } from '../../../src-shared/contract/account.ts';

/** How policies are called, and what they mean. */
export const policies: Readonly<Record<AccountPolicy, { readonly name: string; readonly hint: string }>> = {
  'burn-first': { name: 'Use first', hint: 'Before all others, while it can serve.' },
  normal: { name: 'Normal', hint: 'By its score, like the others.' },
  reserve: { name: 'Keep in reserve', hint: 'Only when no other can serve.' },
};
