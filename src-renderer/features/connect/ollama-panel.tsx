import { useState } from 'react';
import { Link } from 'wouter';
import type { OllamaView } from '../../../src-shared/contract/ollama.ts';
import { messageOf } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { Panel } from '../../components/panel.tsx';
import { Select } from '../../components/select.tsx';
import { useKeys } from '../keys/use-keys.ts';
import { CopyLine } from './copy-line.tsx';
import { useOllama, useOllamaChanges } from './use-bridges.ts';

/** What stands for a key that is made for them; no id is empty. */
const NEW = '';

/** The bridge for clients that speak only Ollama's protocol. */
export function OllamaPanel() {
  const { data, error } = useOllama();
  const { serve, stop } = useOllamaChanges();
  const problem = serve.error ?? stop.error ?? error;
  const busy = serve.isPending || stop.isPending;
  const on = data !== undefined && data.state !== 'off';
  return (
    <Panel
      title="Ollama clients"
      action={
        on ? (
          <Button className="h-6" disabled={busy} onClick={() => stop.mutate()}>
            Stop
          </Button>
        ) : null
      }
    >
      <div className="grid gap-3 px-4 py-3">
        <p className="max-w-2xl text-muted">
          For apps that know only Ollama. They send no key, so every program on this machine may call as the key that
          you choose: give it limits.
        </p>
        {problem !== null && <Notice kind="error">{messageOf(problem)}</Notice>}
        {data?.state === 'failed' && (
          <Notice kind="error">
            {data.reason} <SettingsLink>Change the port</SettingsLink>
          </Notice>
        )}
        {data?.state === 'listening' && data.url !== null && <CopyLine name="Address" text={data.url} />}
        {data !== undefined && (!on || !data.keyWorks) && (
          <ChooseKey view={data} busy={busy} onServe={(keyId) => serve.mutate(keyId)} />
        )}
        {on && data.keyWorks && <OwnKey keyId={data.keyId} />}
      </div>
    </Panel>
  );
}

interface ChooseKeyProps {
  readonly view: OllamaView;
  readonly busy: boolean;
  readonly onServe: (keyId: string | null) => void;
}

function ChooseKey({ view, busy, onServe }: ChooseKeyProps) {
  const { data } = useKeys();
  const [chosen, setChosen] = useState<string | null>(null);
  const usable = (data?.keys ?? []).filter(({ revokedAt }) => revokedAt === null);
  const before = view.keyWorks && view.keyId !== null ? view.keyId : NEW;
  return (
    <>
      {view.state !== 'off' && (
        <Notice kind="warning">No valid key is chosen, so calls without one are refused.</Notice>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button
          look="primary"
          disabled={busy}
          onClick={() => onServe((chosen ?? before) === NEW ? null : (chosen ?? before))}
        >
          {view.state === 'off' ? 'Serve them' : 'Use this key'}
        </Button>
        <Select
          label="Key of Ollama clients"
          value={chosen ?? before}
          options={[
            { value: NEW, name: 'as a new key' },
            ...usable.map(({ id, name }) => ({ value: id, name: `as ${name}` })),
          ]}
          onChange={setChosen}
        />
      </div>
    </>
  );
}

function OwnKey({ keyId }: { keyId: string | null }) {
  const { data } = useKeys();
  const name = data?.keys.find(({ id }) => id === keyId)?.name;
  return (
    <p className="text-sm text-muted">
      Calls without a key count for{' '}
      <Link href="/keys" className="text-accent underline underline-offset-2">
        {name ?? 'the chosen key'}
      </Link>
      . <SettingsLink>Change the port or the key</SettingsLink>
    </p>
  );
}

const SettingsLink = ({ children }: { children: string }) => (
  <Link href="/settings?show=ollama.port" className="text-accent underline underline-offset-2">
    {children}
  </Link>
);
