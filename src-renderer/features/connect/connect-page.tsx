import { Link, useLocation, useParams } from 'wouter';
import { CopyButton } from '../../components/copy-button.tsx';
import { ErrorState, Page } from '../../components/page.tsx';
import { SkeletonRows } from '../../components/skeleton.tsx';
import { ClientList } from './client-list.tsx';
import { ClientPanel } from './client-panel.tsx';
import { callsFromElsewhere, groupClients, seenAs } from './client-words.ts';
import { OllamaPanel } from './ollama-panel.tsx';
import { SeenFindings } from './seen-findings.tsx';
import { TunnelPanel } from './tunnel-panel.tsx';
import { useClients, useSeenClients } from './use-clients.ts';

/** Every program that can be pointed at this Relay, and who has called. */
export function ConnectPage() {
  const clients = useClients();
  const seen = useSeenClients().data?.clients ?? [];
  const { id: openId } = useParams<{ id?: string }>();
  const [, navigate] = useLocation();
  const list = clients.data;
  const open = list?.clients.find(({ id }) => id === openId);
  const others = seen.filter(({ id }) => id === null);
  return (
    <Page
      title="Connect"
      note="Point a client at Relay"
      fill
      actions={
        <Link href="/welcome" className="ml-auto text-accent hover:underline">
          First steps
        </Link>
      }
    >
      <div className="relative flex min-h-0 flex-1">
        <div className="grid min-w-0 flex-1 grid-cols-[minmax(0,1fr)] content-start gap-5 overflow-y-auto p-4 sm:p-5">
          {list === undefined && clients.isPending && <SkeletonRows what="clients" />}
          {list === undefined && clients.isError && (
            <ErrorState error={clients.error} onRetry={() => void clients.refetch()} />
          )}
          {list !== undefined && (
            <>
              <BaseUrl url={list.baseUrl} />
              {groupClients(list.clients).map(({ title, clients: members }) => (
                <ClientList key={title} title={title} clients={members} seen={seen} openId={openId} />
              ))}
            </>
          )}
          {list !== undefined && (
            <div className="@container">
              <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 @min-[56rem]:grid-cols-[repeat(2,minmax(0,1fr))]">
                {/* Cursor's own panel has it while that is open. */}
                {(open === undefined || !callsFromElsewhere(open)) && <TunnelPanel />}
                <OllamaPanel />
              </div>
            </div>
          )}
          {others.length > 0 && (
            <section aria-label="Others that have called" className="grid gap-1.5">
              <h2 className="text-sm font-medium text-muted">Others that have called</h2>
              <div className="rounded-lg border border-line bg-surface p-4">
                <SeenFindings seen={others} />
              </div>
            </section>
          )}
        </div>
        {open !== undefined && (
          <ClientPanel key={open.id} client={open} seen={seenAs(seen, open.id)} onClose={() => navigate('/connect')} />
        )}
      </div>
    </Page>
  );
}

/** All that a program needs that is not on the list. */
function BaseUrl({ url }: { url: string }) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <span className="text-muted">Anything that speaks the OpenAI API works with a key and this base URL:</span>
      <span className="flex min-w-0 items-center gap-1 rounded-md border border-line bg-well py-0.5 pr-0.5 pl-2.5">
        <code className="min-w-0 font-mono text-sm break-all">{url}</code>
        <CopyButton text={url} label="Copy the base URL" />
      </span>
    </div>
  );
}
