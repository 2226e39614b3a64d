import type { AccountView } from '../../../src-shared/contract/account.ts';
import { canServe } from '../../../src-shared/domain/account-health.ts';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { Switch } from '../../components/switch.tsx';
import { WindowBar } from './window-bar.tsx';

interface AccountCardProps {
  readonly account: AccountView;
  readonly busy: boolean;
  readonly onEnabled: (enabled: boolean) => void;
  readonly onRemove: () => void;
}

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

export function AccountCard({ account, busy, onEnabled, onRemove }: AccountCardProps) {
  const { health, windows, models, linkedFile } = account;
  return (
    <li aria-label={account.label} className="flex min-w-0 flex-col rounded-lg border border-line bg-surface">
      <header className="flex items-start gap-3 px-4 pt-3.5 pb-2.5">
        <div className="min-w-0 flex-1">
          <div className="flex items-baseline gap-2">
            <h2 className="truncate text-lg font-semibold" title={account.label}>
              {account.label}
            </h2>
            {account.plan !== null && (
              <span className="max-w-1/3 shrink-0 truncate rounded border border-line px-1 text-xs text-muted">
                {account.plan}
              </span>
            )}
          </div>
          <p className="truncate text-sm text-muted" title={sourceOf(account)}>
            {sourceOf(account)}
          </p>
        </div>
        <Switch label={`Use ${account.label}`} checked={account.enabled} disabled={busy} onChange={onEnabled} />
      </header>

      <p className="flex gap-2 px-4 pb-3">
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

      <div className="grid flex-1 content-start gap-3 px-4 pb-3.5">
        {windows.map((window) => (
          <WindowBar key={`${window.family} ${window.lengthMs}`} window={window} />
        ))}
        {windows.length === 0 && (
          <p className="text-sm text-muted">
            {account.kind === 'openai'
              ? 'Billed per token: it has no quota windows.'
              : 'Its quota is not known yet: the first answer brings it.'}
          </p>
        )}
      </div>

      <footer className="flex items-center gap-3 border-t border-line py-1.5 pr-2 pl-4 text-sm text-muted">
        <span>{account.inFlight === 0 ? 'Idle' : `${account.inFlight} in flight`}</span>
        <span title={models.join('\n')}>{models.length === 1 ? '1 model' : `${models.length} models`}</span>
        {linkedFile !== null && (
          <span className="min-w-0 truncate" title={linkedFile}>
            linked to a file
          </span>
        )}
        <div className="ml-auto">
          <ConfirmButton confirm="Remove for good" onConfirm={onRemove}>
            Remove
          </ConfirmButton>
        </div>
      </footer>
    </li>
  );
}

const wires = { responses: 'Responses', chat: 'Chat Completions' } as const;

function sourceOf(account: AccountView): string {
  if (account.kind === 'chatgpt') return account.email ?? 'ChatGPT login';
  return `API key · ${account.baseUrl ?? 'api.openai.com'} · ${wires[account.wire]}`;
}
