import type { ClientConnected, ClientPlan, ClientUndone, ClientView } from '../../../src-shared/contract/client.ts';
import { messageOf } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Notice } from '../../components/notice.tsx';
import { FileDiff } from './file-diff.tsx';
import { useClientSetup } from './use-clients.ts';

/** Relay writes the client's settings: what would change is seen first, and can be taken back. */
export function ClientSetup({ client, onKey }: { client: ClientView; onKey?: (keyId: string) => void }) {
  const { plan, connect, undo, verify } = useClientSetup(client.id);
  const all = [plan, connect, undo, verify];
  const isBusy = all.some(({ isPending }) => isPending);
  const failed = all.find(({ isError }) => isError);
  const written = client.state !== 'not-connected';
  /** One outcome is shown at a time: that of what was done last. */
  const begin = (act: () => void) => () => {
    for (const { reset } of all) reset();
    act();
  };
  const planned = plan.data !== undefined && connect.data === undefined ? plan.data : null;
  return (
    <div className="grid gap-3">
      {client.detail !== null && <Notice kind="warning">{client.detail}</Notice>}
      {planned !== null && <Plan plan={planned} />}
      {connect.data !== undefined && <Connected outcome={connect.data} />}
      {undo.data !== undefined && <Undone outcome={undo.data} />}
      {verify.data !== undefined && <Notice kind={verify.data.ok ? 'info' : 'warning'}>{verify.data.sentence}</Notice>}
      {failed !== undefined && <Notice kind="error">{messageOf(failed.error)}</Notice>}
      <div className="flex flex-wrap gap-2">
        {planned !== null && planned.changes.length > 0 ? (
          <>
            <Button
              look="primary"
              disabled={isBusy}
              onClick={() => connect.mutate(undefined, { onSuccess: ({ keyId }) => keyId !== null && onKey?.(keyId) })}
            >
              {connect.isPending ? 'Writing…' : 'Write this'}
            </Button>
            <Button disabled={isBusy} onClick={plan.reset}>
              Leave it
            </Button>
          </>
        ) : (
          <Button
            look={client.state === 'connected' ? 'plain' : 'primary'}
            disabled={isBusy}
            onClick={begin(() => plan.mutate())}
          >
            {plan.isPending
              ? 'Looking…'
              : client.state === 'connected'
                ? 'Look for changes'
                : written
                  ? 'Set it up again'
                  : 'Set it up for me'}
          </Button>
        )}
        {written && planned === null && (
          <>
            <Button disabled={isBusy} onClick={begin(() => verify.mutate())}>
              {verify.isPending ? 'Asking…' : 'Check that it works'}
            </Button>
            <Button look="danger" disabled={isBusy} onClick={begin(() => undo.mutate())}>
              {undo.isPending ? 'Taking it back…' : 'Undo'}
            </Button>
          </>
        )}
      </div>
    </div>
  );
}

function Plan({ plan }: { plan: ClientPlan }) {
  return (
    <>
      <p role="status" className="text-muted">
        {plan.changes.length === 0
          ? 'Everything is as it should be: nothing would change.'
          : `This would change ${plan.changes.length === 1 ? 'one file' : `${plan.changes.length} files`}. Nothing is written yet; keys are left out here.`}
      </p>
      {plan.changes.map((change) => (
        <FileDiff key={change.path} change={change} />
      ))}
      <Sentences list={plan.notes} />
    </>
  );
}

function Connected({ outcome }: { outcome: ClientConnected }) {
  return (
    <>
      <div role="status">
        <Notice kind={outcome.check.ok ? 'info' : 'warning'}>
          <strong className="font-semibold text-ink">Written.</strong> {outcome.check.sentence}
        </Notice>
      </div>
      {outcome.secret !== null && (
        <div className="flex items-center gap-1 rounded-md border border-line bg-well py-1 pr-1 pl-3">
          <code className="min-w-0 flex-1 font-mono text-sm break-all">{outcome.secret}</code>
          <CopyButton text={outcome.secret} label="Copy the key" caption="Copy" />
        </div>
      )}
      <Sentences list={[...outcome.notes, ...outcome.steps]} />
    </>
  );
}

const outcomes = {
  exact: 'the same bytes as before',
  merged: 'only what Relay wrote was taken out',
  removed: 'removed: Relay had made it',
  gone: 'was gone already',
} as const;

function Undone({ outcome }: { outcome: ClientUndone }) {
  return (
    <div role="status">
      <Notice>
        <p className="text-ink">{outcome.sentence}</p>
        <ul className="mt-1 grid gap-0.5 text-sm">
          {outcome.files.map(({ path, outcome: became, kept }) => (
            <li key={path} className="break-words">
              <span className="font-mono break-all">{path}</span>: {outcomes[became]}
              {kept.length > 0 && `; left as somebody changed it: ${kept.join(', ')}`}
            </li>
          ))}
        </ul>
      </Notice>
    </div>
  );
}

function Sentences({ list }: { list: readonly string[] }) {
  if (list.length === 0) return null;
  return (
    <ul className="grid gap-1">
      {list.map((sentence) => (
        <li key={sentence} className="break-words text-muted">
          {sentence}
        </li>
      ))}
    </ul>
  );
}
