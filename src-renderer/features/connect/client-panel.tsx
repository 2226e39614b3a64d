import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { ClientView, SeenClient } from '../../../src-shared/contract/client.ts';
import { Fact } from '../../components/fact.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { SidePanel } from '../../components/side-panel.tsx';
import { ClientRecipe } from './client-recipe.tsx';
import { ClientSetup } from './client-setup.tsx';
import { callsFromElsewhere, stateOf } from './client-words.ts';
import { SeenFindings } from './seen-findings.tsx';
import { TunnelPanel } from './tunnel-panel.tsx';

interface ClientPanelProps {
  readonly client: ClientView;
  readonly seen: readonly SeenClient[];
  readonly onClose: () => void;
}

/** One client in full: how it stands, how it is connected, and what it did. */
export function ClientPanel({ client, seen, onClose }: ClientPanelProps) {
  return (
    <SidePanel title={client.name} onClose={onClose}>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6 p-4">
        <Facts client={client} />
        {client.setup === 'automatic' && (
          <Section title="Set it up">
            <ClientSetup client={client} />
          </Section>
        )}
        {callsFromElsewhere(client) && <TunnelPanel />}
        <Section title={client.setup === 'automatic' ? 'Or by hand' : 'Set it up'}>
          <ClientRecipe client={client} />
        </Section>
        <Section title="As it calls">
          {seen.length === 0 ? (
            <p className="text-muted">
              It has not called lately. Its calls, and what Relay repairs for it, show up here.
            </p>
          ) : (
            <SeenFindings seen={seen} />
          )}
        </Section>
      </div>
    </SidePanel>
  );
}

function Facts({ client }: { client: ClientView }) {
  const { installed, version, files, connectedAt, keyId } = client;
  return (
    <dl className="grid grid-cols-[6.5rem_minmax(0,1fr)] gap-x-3 gap-y-1.5">
      <Fact name="State">
        {stateOf(client).text}
        {connectedAt !== null && (
          <span className="text-muted">
            {' '}
            · since <RelativeTime at={connectedAt} />
          </span>
        )}
      </Fact>
      {installed !== null && (
        <Fact name="Installed">{installed ? (version ?? 'yes') : 'not found; Relay can set it up all the same'}</Fact>
      )}
      {files.length > 0 && (
        <Fact name="Settings">
          {files.map((file) => (
            <span key={file} className="block font-mono text-sm break-all">
              {file}
            </span>
          ))}
        </Fact>
      )}
      {keyId !== null && (
        <Fact name="Key">
          <Link href={`/keys?open=${encodeURIComponent(keyId)}`} className="text-accent hover:underline">
            Its key
          </Link>
          {' · '}
          <Link href={`/calls?keyId=${encodeURIComponent(keyId)}`} className="text-accent hover:underline">
            Its calls
          </Link>
        </Fact>
      )}
    </dl>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <h3 className="font-semibold">{title}</h3>
      {children}
    </section>
  );
}
