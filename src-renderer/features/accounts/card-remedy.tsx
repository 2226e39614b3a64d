import type { AccountView } from '../../../src-shared/contract/account.ts';
import { resumeAccount, wakeAccount } from '../../api/account-requests.ts';
import { Button } from '../../components/button.tsx';
import type { CardActions } from './account-menu.ts';

interface CardRemedyProps {
  readonly account: AccountView;
  readonly busy: boolean;
  readonly actions: CardActions;
}

/** The one action that helps an account in the state it is in; most need none. */
export function CardRemedy({ account, busy, actions: { act, open, test } }: CardRemedyProps) {
  const { id } = account;
  switch (account.health.state) {
    case 'needs-sign-in':
      if (account.kind !== 'chatgpt') return null;
      return (
        <Button look="primary" disabled={busy} onClick={() => open('sign-in')}>
          Sign in again
        </Button>
      );
    case 'unlock-keyring':
      return (
        <Button look="primary" disabled={busy} onClick={test}>
          Try again
        </Button>
      );
    case 'unreachable':
      return (
        <Button disabled={busy} onClick={test}>
          Test now
        </Button>
      );
    case 'resting':
      return (
        <Button disabled={busy} onClick={() => act(() => wakeAccount(id))}>
          Try again now
        </Button>
      );
    case 'paused':
      return (
        <Button disabled={busy} onClick={() => act(() => resumeAccount(id))}>
          Resume
        </Button>
      );
    default:
      return null;
  }
}
