import type { AccountView } from '../../../src-shared/contract/account.ts';
import { messageOf } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';

interface RemoveAccountProps {
  readonly account: AccountView;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onRemove: () => void;
  readonly onCancel: () => void;
}

export function RemoveAccount({ account, busy, error, onRemove, onCancel }: RemoveAccountProps) {
  const { inFlight } = account;
  return (
    <div className="grid gap-3.5">
      <ul className="grid list-disc gap-1 pl-4 marker:text-faint">
        {inFlight > 0 && (
          <li>
            {inFlight === 1 ? 'The call that runs' : `The ${inFlight} calls that run`} on it end first, with the login
            they have. No new call goes there.
          </li>
        )}
        <li className="break-words">{whatBecomesOf(account)}</li>
        <li>Its past calls stay in the log. Conversations that were tied to it go on with another account.</li>
      </ul>
      {error !== null && <Notice kind="error">{messageOf(error)}</Notice>}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Keep it</Button>
        <Button look="danger" disabled={busy} onClick={onRemove}>
          {busy ? 'Removing…' : 'Remove for good'}
        </Button>
      </div>
    </div>
  );
}

/** The secret's end, as `Removal` on the other side has it. */
function whatBecomesOf({ kind, linkedFile, baseUrl, login }: AccountView): string {
  if (kind === 'openai') {
    const host = baseUrl === null ? 'OpenAI' : (URL.parse(baseUrl)?.host ?? baseUrl);
    return `The key is erased from this machine. At ${host} it stays valid until you revoke it there.`;
  }
  if (linkedFile !== null) {
    return `Relay erases its copy of the login. The login itself is left to the program that it comes from: ${linkedFile} is not touched, and that program stays signed in.`;
  }
  if (login?.shared === true) {
    return 'Relay erases its copy of the login. The login itself is left to the program that it was imported from, which stays signed in.';
  }
  if (login !== null) return 'Its login is ended at the sign-in service, and erased from this machine.';
  return 'Relay erases the login from this machine. One that was signed in to here is ended at the sign-in service too; one that was imported is left to the program that it comes from.';
}
