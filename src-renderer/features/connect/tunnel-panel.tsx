import { useState } from 'react';
import type { TunnelVia, TunnelView } from '../../../src-shared/contract/tunnel.ts';
import { formatClockTime } from '../../../src-shared/format/clock-time.ts';
import { messageOf } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { Panel } from '../../components/panel.tsx';
import { Select } from '../../components/select.tsx';
import { useNow } from '../../components/use-now.ts';
import { CopyLine } from './copy-line.tsx';
import { useTunnel, useTunnelChanges } from './use-bridges.ts';

const names: Readonly<Record<TunnelVia, string>> = { cloudflared: 'cloudflared', tailscale: 'Tailscale Funnel' };

const spans = { hour: 3_600_000, halfDay: 12 * 3_600_000, week: 7 * 86_400_000 } as const;
type Span = keyof typeof spans;
const spanOptions = [
  { value: 'hour', name: 'for 1 hour' },
  { value: 'halfDay', name: 'for 12 hours' },
  { value: 'week', name: 'for 7 days' },
] as const;

/** A public address for one key, opened and closed by a person. */
export function TunnelPanel() {
  const { data, error } = useTunnel();
  const { open, close } = useTunnelChanges();
  const problem = open.error ?? close.error ?? error;
  // The key of a tunnel that has ended since is of no use to anybody.
  const secret = data?.state === 'open' && open.data?.keyId === data.keyId ? open.data.secret : null;
  const stop = (
    <Button look="danger" className="h-6" disabled={close.isPending} onClick={() => close.mutate()}>
      {data?.state === 'opening' ? 'Cancel' : 'Stop'}
    </Button>
  );
  return (
    <Panel title="Cursor tunnel" action={data === undefined || data.state === 'off' ? null : stop}>
      <div className="grid gap-3 px-4 py-3">
        <p className="max-w-2xl text-muted">
          Cursor’s servers make the call, and they refuse addresses of this machine. A tunnel gives them a public one
          that leads to the calls of one limited key, and to nothing else of Relay.
        </p>
        {problem !== null && <Notice kind="error">{messageOf(problem)}</Notice>}
        {data?.state === 'off' && (
          <Closed tunnel={data} busy={open.isPending} onOpen={(via, forMs) => open.mutate({ via, forMs })} />
        )}
        {data?.state === 'opening' && (
          <output aria-live="polite">{data.via} is opening a tunnel. That takes a few seconds.</output>
        )}
        {data?.state === 'open' && <Open tunnel={data} secret={secret} />}
      </div>
    </Panel>
  );
}

interface ClosedProps {
  readonly tunnel: TunnelView;
  readonly busy: boolean;
  readonly onOpen: (via: TunnelVia, forMs: number) => void;
}

function Closed({ tunnel: { installed, reason }, busy, onOpen }: ClosedProps) {
  const [chosen, setChosen] = useState<TunnelVia | null>(null);
  const [span, setSpan] = useState<Span>('halfDay');
  const [first] = installed;
  const via = chosen ?? first;
  return (
    <>
      {reason !== null && <Notice>The last tunnel ended: {reason}</Notice>}
      {via === undefined ? (
        <Notice>
          Neither cloudflared nor Tailscale is installed here. Install one of them, and it can be chosen here.
        </Notice>
      ) : (
        <div className="flex flex-wrap items-center gap-2">
          <Button look="primary" disabled={busy} onClick={() => onOpen(via, spans[span])}>
            {busy ? 'Opening…' : 'Open a tunnel'}
          </Button>
          <Select label="How long it stays open" value={span} options={spanOptions} onChange={setSpan} />
          <Select
            label="What opens it"
            value={via}
            options={installed.map((each) => ({ value: each, name: `through ${names[each]}` }))}
            onChange={setChosen}
          />
        </div>
      )}
    </>
  );
}

function Open({ tunnel: { baseUrl, via, expiresAt }, secret }: { tunnel: TunnelView; secret: string | null }) {
  const now = useNow();
  if (baseUrl === null || via === null || expiresAt === null) return null;
  return (
    <>
      <CopyLine name="Base URL" text={baseUrl} />
      {secret === null ? (
        <p className="text-sm text-muted">
          Its key was shown when it was opened. To get another, stop it and open it anew.
        </p>
      ) : (
        <>
          <CopyLine name="API key" text={secret} />
          <Notice kind="warning">Copy the key now: it cannot be shown again.</Notice>
        </>
      )}
      <p className="text-sm text-muted">
        In Cursor: Settings, Models, API Keys: put the key into OpenAI API Key, and the address into Override OpenAI
        Base URL. Open through {names[via]} until {formatClockTime(expiresAt, now)}; the key ends with it.
      </p>
    </>
  );
}
