import type { AccountCreate } from '../../../src-shared/contract/account.ts';

/** What each way of adding an account by its secret is given. */
export interface AddFormProps {
  readonly busy: boolean;
  /** Why it was refused last, as it was thrown; `null` where it was not. */
  readonly error: unknown;
  readonly onSubmit: (account: AccountCreate) => void;
}
