import { useQuery } from '@tanstack/react-query';
import type { AccountView } from '../../../src-shared/contract/account.ts';
import { getFoundLogins } from '../../api/account-requests.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { Button } from '../../components/button.tsx';
import { Code } from '../../components/code.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { LoadingState } from '../../components/page.tsx';
import { AddAccountForm } from '../accounts/add-account-form.tsx';

interface AccountStepProps {
  readonly accounts: readonly AccountView[];
  readonly demo: boolean;
  readonly onDone: () => void;
}

/** Begins with the login that is here already, where there is one: it takes one press. */
export function AccountStep({ accounts, demo, onDone }: AccountStepProps) {
  const found = useQuery({ queryKey: queryKeys.foundLogins, queryFn: getFoundLogins, staleTime: 0 });
  if (found.isPending) return <LoadingState />;
  const isHere = found.data?.logins.some(({ accountId }) => accountId === null) ?? false;
  return (
    <>
      {accounts.length > 0 && (
        <div className="flex flex-wrap items-center justify-between gap-2 rounded-lg border border-line bg-surface px-4 py-2.5">
          <p className="min-w-0 break-words">
            {accounts.length === 1 ? 'One account is here: ' : `${accounts.length} accounts are here: `}
            <strong className="font-medium">{accounts.map(({ label }) => label).join(', ')}</strong>
          </p>
          <Button look="primary" onClick={onDone}>
            Go on
          </Button>
        </div>
      )}
      <div className="rounded-lg border border-line bg-surface p-4">
        <AddAccountForm onDone={onDone} first={isHere ? 'found' : 'browser'} />
      </div>
      {demo ? (
        <p className="text-sm text-muted">This is the demo: its accounts are simulated, and nothing is kept.</p>
      ) : (
        <DemoOffer />
      )}
    </>
  );
}

const command = 'relay demo';

/** Simulated accounts never stand beside real ones: the demo is a Relay of its own, started beside this one. */
function DemoOffer() {
  return (
    <section aria-label="Only look around" className="grid gap-1.5 text-muted">
      <h3 className="font-medium text-ink">Only look around?</h3>
      <p>
        <Code>{command}</Code> <CopyButton text={command} label="Copy the command" /> in a terminal starts a second
        Relay with simulated accounts and weeks of calls, and prints the address to open. It keeps nothing and touches
        nothing here.
      </p>
    </section>
  );
}
