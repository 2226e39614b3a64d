import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { CallBodies, CapturedBody } from '../../../src-shared/contract/call-bodies.ts';
import { eraseCallBodies, getCallBodies } from '../../api/call-requests.ts';
import { ApiError, messageOf } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { ErrorState, LoadingState } from '../../components/page.tsx';
import { formatBytes } from '../../format/figures.ts';
import { visibleText } from './visible-text.ts';

interface CapturedBodiesProps {
  readonly id: string;
  /** Of accounts, by their ids. */
  readonly labels: ReadonlyMap<string, string>;
  /** Its key keeps them: they are looked for without being asked for. */
  readonly likely: boolean;
}

/** Headers and bodies as they went in and out, where the key asks for them to be kept; all of it text, without secrets. */
export function CapturedBodies({ id, labels, likely }: CapturedBodiesProps) {
  const queries = useQueryClient();
  const [wanted, setWanted] = useState(false);
  const [sure, setSure] = useState(false);
  const query = useQuery({
    queryKey: queryKeys.callBodies(id),
    queryFn: () => bodiesOrNull(id),
    enabled: likely || wanted,
  });
  const erase = useMutation({
    mutationFn: () => eraseCallBodies(id),
    onSuccess: () => {
      queries.setQueryData(queryKeys.callBodies(id), null);
      void queries.invalidateQueries({ queryKey: queryKeys.keptBodies });
    },
  });
  if (query.isPending && !likely && !wanted) {
    return <Button onClick={() => setWanted(true)}>Look for captured headers and bodies</Button>;
  }
  if (query.isPending) return <LoadingState />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const kept = query.data;
  if (kept === null) {
    return (
      <p className="text-muted">
        Headers and bodies of this call are not kept. A key keeps those of its next calls when its capture is on.
      </p>
    );
  }
  return (
    <div className="grid gap-2">
      <Message name="From the client" headers={kept.request.headers} body={kept.request.body} />
      {kept.sent.map((sent, index) => (
        <Message
          // biome-ignore lint/suspicious/noArrayIndexKey: in the order in which they were sent
          key={index}
          name={`To ${labels.get(sent.accountId) ?? sent.accountId}, attempt ${index + 1}`}
          headers={sent.headers}
          body={sent.body}
        />
      ))}
      {kept.upstream !== null && <Message name="From the upstream" headers={kept.upstream.headers} body={undefined} />}
      <Message name={answerName(kept)} headers={kept.answer.headers} body={kept.answer.body} />
      <div className="flex flex-wrap items-center gap-2 pt-1">
        {sure ? (
          <>
            <Button look="danger" disabled={erase.isPending} onClick={() => erase.mutate()}>
              Erase them for good
            </Button>
            <Button onClick={() => setSure(false)}>Keep</Button>
          </>
        ) : (
          <Button onClick={() => setSure(true)}>Erase headers and bodies</Button>
        )}
        {erase.isError && (
          <p role="alert" className="text-bad">
            {messageOf(erase.error)}
          </p>
        )}
      </div>
    </div>
  );
}

const answerName = ({ answer }: CallBodies): string =>
  answer.status === null ? 'To the client' : `To the client, HTTP ${answer.status}`;

async function bodiesOrNull(id: string): Promise<CallBodies | null> {
  try {
    return await getCallBodies(id);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

interface MessageProps {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `null` is the one before it; undefined is none that is kept. */
  readonly body: CapturedBody | null | undefined;
}

function Message({ name, headers, body }: MessageProps) {
  const entries = Object.entries(headers);
  return (
    <details className="rounded-md border border-line">
      <summary className="cursor-pointer px-3 py-1.5 hover:bg-hover">
        {name}{' '}
        <span className="ml-2 text-sm text-muted">
          {entries.length === 1 ? '1 header' : `${entries.length} headers`}
          {body ? `, ${formatBytes(body.bytes)}` : ''}
        </span>
      </summary>
      <div className="grid gap-2 border-t border-line p-3">
        <dl className="grid grid-cols-[minmax(6rem,auto)_minmax(0,1fr)] gap-x-3 gap-y-0.5 font-mono text-sm">
          {entries.map(([header, value]) => (
            <Header key={header} name={visibleText(header)}>
              {visibleText(value)}
            </Header>
          ))}
        </dl>
        {body === null && <p className="text-sm text-muted">The same body as the one before.</p>}
        {body && (
          <>
            <div className="flex items-center gap-2 text-sm text-muted">
              <CopyButton text={body.text} label={`Copy the body: ${name}`} caption="Copy" />
              {body.cut && <span>Only its beginning is kept.</span>}
            </div>
            <pre
              // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
              tabIndex={0}
              className="max-h-96 overflow-auto rounded bg-well p-2 font-mono text-sm whitespace-pre-wrap break-all"
            >
              {visibleText(body.text)}
            </pre>
          </>
        )}
      </div>
    </details>
  );
}

function Header({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
    </>
  );
}
