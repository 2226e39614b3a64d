import { Pin } from 'lucide-react';
import type { ReactNode } from 'react';
import type { AccountView } from '../../../src-shared/contract/account.ts';
import { RelativeTime } from '../../components/relative-time.tsx';
import { useNow } from '../../components/use-now.ts';
import { policies } from './policies.ts';

/** What a person has decided about the account, and what rests of it while the rest goes on; nothing where all is usual. */
export function AccountBadges({ account }: { account: AccountView }) {
  const { pinnedUntil, policy, restingFamilies, usageError } = account;
  const now = useNow();
  const isPinned = pinnedUntil !== null && pinnedUntil > now;
  if (!isPinned && policy === 'normal' && restingFamilies.length === 0 && usageError === null) return null;
  return (
    <div className="flex flex-wrap gap-x-3 gap-y-1 text-sm text-muted">
      {isPinned && (
        <Badge>
          <Pin size={12} aria-hidden className="mr-1 inline align-[-1px] text-accent" />
          All calls go here, ends <RelativeTime at={pinnedUntil} fine />
        </Badge>
      )}
      {policy !== 'normal' && <Badge>{policies[policy].name}</Badge>}
      {restingFamilies.map(({ family, until, reason }) => (
        <Badge key={family} title={reason}>
          {family} rests, back <RelativeTime at={until} fine />
        </Badge>
      ))}
      {usageError !== null && <Badge>{usageError}</Badge>}
    </div>
  );
}

function Badge({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <span title={title} className="min-w-0 break-words">
      {children}
    </span>
  );
}
