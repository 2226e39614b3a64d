import { Link } from 'wouter';
import type { ClientView, SeenClient } from '../../../src-shared/contract/client.ts';
import { RelativeTime } from '../../components/relative-time.tsx';
import { formatCount } from '../../format/figures.ts';
import { formOf, seenAs, stateOf } from './client-words.ts';

interface ClientListProps {
  readonly title: string;
  readonly clients: readonly ClientView[];
  readonly seen: readonly SeenClient[];
  readonly openId: string | undefined;
}

const dots = { good: 'bg-good-fill', warn: 'bg-warn-fill', bad: 'bg-bad-fill', muted: 'bg-line-strong' } as const;

export function ClientList({ title, clients, seen, openId }: ClientListProps) {
  return (
    <section aria-label={title} className="@container grid gap-1.5">
      <h2 className="text-sm font-medium text-muted">{title}</h2>
      <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
        {clients.map((client) => (
          <li key={client.id}>
            <Row client={client} seen={seenAs(seen, client.id)} isOpen={client.id === openId} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Row({ client, seen, isOpen }: { client: ClientView; seen: readonly SeenClient[]; isOpen: boolean }) {
  const { text, tone } = stateOf(client);
  const form = formOf(client);
  return (
    <Link
      href={`/connect/${encodeURIComponent(client.id)}`}
      aria-current={isOpen ? 'true' : undefined}
      className="grid min-h-12 grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 px-4 py-1.5 hover:bg-hover focus-visible:-outline-offset-2 aria-[current=true]:bg-selected @min-[40rem]:grid-cols-[minmax(0,1.3fr)_12rem_minmax(0,1fr)]"
    >
      <span className="min-w-0">
        <span className="block truncate font-medium">{client.name}</span>
        {form !== null && <span className="block truncate text-sm text-muted">{form}</span>}
      </span>
      <span className="flex items-center gap-2 whitespace-nowrap">
        <span aria-hidden className={`size-2 shrink-0 rounded-full ${dots[tone]}`} />
        {text}
      </span>
      <span
        className={`truncate text-sm text-muted @max-[40rem]:col-span-2 ${seen.length === 0 ? '@max-[40rem]:hidden' : ''}`}
      >
        <Seen seen={seen} />
      </span>
    </Link>
  );
}

/** Whether it has called lately, and whether something can be made better. */
function Seen({ seen: [newest, ...older] }: { seen: readonly SeenClient[] }) {
  if (newest === undefined) return 'has not called lately';
  const all = [newest, ...older];
  const calls = all.reduce((sum, { calls }) => sum + calls, 0);
  const findings = all.flatMap((each) => each.findings);
  const failing = findings.some(({ failed }) => failed);
  return (
    <>
      {calls === 1 ? '1 call' : `${formatCount(calls)} calls`}, last <RelativeTime at={newest.lastAt} />
      {findings.length > 0 && (
        <span className={failing ? 'text-bad' : ''}>
          {' '}
          · {failing ? 'some are refused' : findings.length === 1 ? '1 hint' : `${findings.length} hints`}
        </span>
      )}
    </>
  );
}
