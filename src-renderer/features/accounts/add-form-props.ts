import type { AccountCreate } from '../../../src-shared/contract/account.ts';

/** What each way of adding an account is given. */
export interface AddFormProps {
  readonly busy: boolean;
  readonly error: string | null;
  readonly onSubmit: (account: AccountCreate) => void;
}
