import type { AccountView } from '../../../src-shared/contract/account.ts';
import { canServe } from '../../../src-shared/domain/account-health.ts';
import { RelativeTime } from '../../components/relative-time.tsx';

const dots: Readonly<Record<AccountView['health']['state'], string>> = {
  ready: 'bg-good-fill',
  busy: 'bg-good-fill',
  'plan-lacks-model': 'bg-warn-fill',
  degraded: 'bg-warn-fill',
  resting: 'bg-warn-fill',
  unreachable: 'bg-bad-fill',
  'needs-sign-in': 'bg-bad-fill',
  'unlock-keyring': 'bg-bad-fill',
  paused: 'border border-line-strong',
  disabled: 'border border-line-strong',
};

/** What the account can do now, in its own words. */
export function AccountHealthLine({ account: { health } }: { account: AccountView }) {
  return (
    <p className="flex min-w-0 flex-1 gap-2 py-1">
      <span aria-hidden className={`mt-1.5 size-2 shrink-0 rounded-full ${dots[health.state]}`} />
      <span className="min-w-0 break-words">
        {health.reason}
        {health.until !== null && !canServe(health.state) && (
          <span className="text-muted">
            {' '}
            Back <RelativeTime at={health.until} fine />.
          </span>
        )}
      </span>
    </p>
  );
}
