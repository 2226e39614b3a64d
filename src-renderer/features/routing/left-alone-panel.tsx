import type { ReactNode } from 'react';
import type { AccountView } from '../../../src-shared/contract/account.ts';
import type { RoutingView } from '../../../src-shared/contract/routing.ts';
import { wakeAccount } from '../../api/account-requests.ts';
import { messageOf } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { Panel } from '../../components/panel.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { useAccountAction } from '../accounts/use-accounts.ts';

/** What gets no calls for a while by itself, per account and model, and what ends that. */
export function LeftAlonePanel({ routing, accounts }: { routing: RoutingView; accounts: readonly AccountView[] }) {
  const resting = accounts.filter(({ health }) => health.state === 'resting');
  const families = accounts.flatMap((account) => account.restingFamilies.map((rest) => ({ account, rest })));
  const lacking = accounts.flatMap((account) => account.lackingModels.map((lack) => ({ account, lack })));
  const isEmpty = resting.length + families.length + lacking.length + routing.breakers.length === 0;
  return (
    <Panel title="Left alone for now">
      {routing.offline && (
        <div className="px-4 pt-3">
          <Notice kind="warning">Nothing can be reached: the network is looked for, and no account is blamed.</Notice>
        </div>
      )}
      {isEmpty ? (
        <p className="px-4 py-3 text-muted">Every breaker is closed and no account rests.</p>
      ) : (
        <ul className="divide-y divide-line">
          {resting.map((account) => (
            <Resting key={account.id} account={account} />
          ))}
          {families.map(({ account, rest }) => (
            <Row
              key={`${account.id} ${rest.family}`}
              what={`${account.label}, ${rest.family}`}
              end={<Until at={rest.until} />}
            >
              {rest.reason}
            </Row>
          ))}
          {routing.breakers.map(({ accountId, accountLabel, model, state, until }) => (
            <Row
              key={`${accountId} ${model}`}
              what={model === null ? accountLabel : `${accountLabel}, ${model}`}
              end={state === 'open' ? <Until at={until} /> : 'probing'}
            >
              {state === 'open'
                ? `Breaker open: ${model === null ? 'the path to it' : 'this model on it'} keeps failing. Then one call is let through as a probe: its answer closes the breaker.`
                : 'Breaker half-open: one probe is on its way. Its answer closes the breaker, a failure opens it again.'}
            </Row>
          ))}
          {lacking.map(({ account, lack }) => (
            <Row
              key={`${account.id} ${lack.model}`}
              what={`${account.label}, ${lack.model}`}
              end={<Until at={lack.until} />}
            >
              It refused this model, and is not asked for it until then.
            </Row>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Resting({ account }: { account: AccountView }) {
  const action = useAccountAction(account.id);
  return (
    <Row
      what={account.label}
      end={account.health.until === null ? 'until it is tried again' : <Until at={account.health.until} />}
      action={
        <Button disabled={action.isPending} onClick={() => action.mutate(() => wakeAccount(account.id))}>
          Try again now
        </Button>
      }
    >
      {account.health.reason}
      {action.isError && <span className="text-bad"> {messageOf(action.error)}</span>}
    </Row>
  );
}

interface RowProps {
  readonly what: string;
  readonly end: ReactNode;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

function Row({ what, end, action, children }: RowProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
      <div className="min-w-48 flex-1">
        <p className="flex flex-wrap justify-between gap-x-3">
          <span className="font-medium break-words">{what}</span>
          <span className="whitespace-nowrap text-muted">{end}</span>
        </p>
        <p className="text-sm break-words text-muted">{children}</p>
      </div>
      {action}
    </li>
  );
}

const Until = ({ at }: { at: number }) => <RelativeTime at={at} fine />;
