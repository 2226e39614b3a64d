import { useMutation } from '@tanstack/react-query';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { AccountView } from '../../../src-shared/contract/account.ts';
import { setAccountEnabled, testAccount } from '../../api/account-requests.ts';
import { messageOf } from '../../api/client.ts';
import { Menu } from '../../components/menu.tsx';
import { Notice } from '../../components/notice.tsx';
import { Switch } from '../../components/switch.tsx';
import { AccountBadges } from './account-badges.tsx';
import { AccountDialog } from './account-dialog.tsx';
import { AccountHealthLine } from './account-health-line.tsx';
import { accountMenu, type CardActions, type CardDialog } from './account-menu.ts';
import { CardRemedy } from './card-remedy.tsx';
import { TestOutcome } from './test-outcome.tsx';
import { useAccountAction } from './use-accounts.ts';
import { WindowBar } from './window-bar.tsx';

interface AccountCardProps extends Pick<CardActions, 'moveUp' | 'moveDown'> {
  readonly account: AccountView;
  /** The page was opened for this one: it is brought into view. */
  readonly shown: boolean;
}

export function AccountCard({ account, shown, moveUp, moveDown }: AccountCardProps) {
  const { id, label, windows } = account;
  const [dialog, setDialog] = useState<CardDialog | null>(null);
  const action = useAccountAction(id);
  const test = useMutation({ mutationFn: () => testAccount(id) });
  const actions: CardActions = { act: action.mutate, test: test.mutate, open: setDialog, moveUp, moveDown };
  const fault = action.error ?? test.error;

  const card = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (!shown) return;
    card.current?.scrollIntoView({ block: 'nearest' });
    card.current?.focus();
  }, [shown]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || dialog !== null) return;
    const move = { ArrowUp: moveUp, ArrowDown: moveDown }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move?.();
  };

  return (
    <li
      ref={card}
      tabIndex={-1}
      aria-label={label}
      aria-current={shown ? 'true' : undefined}
      onKeyDown={onKeyDown}
      className="flex min-w-0 flex-col rounded-lg border border-line bg-surface aria-[current=true]:border-accent"
    >
      <header className="flex items-start gap-2 px-4 pt-3 pb-2.5">
        <div className="min-w-0 flex-1">
          <div className="flex items-baseline gap-2">
            {account.color !== null && (
              <span aria-hidden className="size-2.5 shrink-0 rounded-full" style={{ backgroundColor: account.color }} />
            )}
            <h2 className="truncate text-lg font-semibold" title={label}>
              {label}
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
        <div className="flex items-center gap-1">
          <Switch
            title={account.enabled ? 'On: Relay may send calls here' : 'Off: Relay sends nothing here'}
            label={`Use ${label}`}
            checked={account.enabled}
            disabled={action.isPending}
            onChange={(enabled) => action.mutate(() => setAccountEnabled(id, enabled))}
          />
          <Menu label={`Actions for ${label}`} groups={accountMenu(account, actions)} />
        </div>
      </header>

      <div className="grid gap-2 px-4 pb-3">
        <div className="flex items-start gap-3">
          <AccountHealthLine account={account} />
          <CardRemedy account={account} busy={action.isPending || test.isPending} actions={actions} />
        </div>
        <AccountBadges account={account} />
        {fault !== null && <Notice kind="error">{messageOf(fault)}</Notice>}
        {test.isPending && <output className="text-muted">One tiny call is on its way…</output>}
        {test.data !== undefined && !test.isPending && <TestOutcome test={test.data} onDismiss={test.reset} />}
      </div>

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

      <CardFoot account={account} onModels={() => setDialog('models')} />
      {dialog !== null && <AccountDialog account={account} dialog={dialog} onClose={() => setDialog(null)} />}
    </li>
  );
}

function CardFoot({ account, onModels }: { account: AccountView; onModels: () => void }) {
  const { inFlight, maxConcurrency, models, lackingModels, linkedFile } = account;
  const lacking = lackingModels.length;
  return (
    <footer className="flex items-center gap-3 border-t border-line px-4 py-1.5 text-sm text-muted">
      <span>
        {inFlight === 0 ? 'Idle' : `${inFlight} in flight`}
        {maxConcurrency !== null && `, ${maxConcurrency} at most`}
      </span>
      <button type="button" onClick={onModels} title={models.join('\n')} className="hover:text-ink hover:underline">
        {models.length === 1 ? '1 model' : `${models.length} models`}
        {lacking > 0 && <span className="text-warn">, {lacking} refused</span>}
      </button>
      {linkedFile !== null && (
        <span className="min-w-0 truncate" title={linkedFile}>
          linked to a file
        </span>
      )}
    </footer>
  );
}

const wires = { responses: 'Responses', chat: 'Chat Completions' } as const;

function sourceOf(account: AccountView): string {
  if (account.kind === 'chatgpt') return account.email ?? 'ChatGPT login';
  return `API key · ${account.baseUrl ?? 'api.openai.com'} · ${wires[account.wire]}`;
}
