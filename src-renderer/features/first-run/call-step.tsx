import { Send } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { formatTokens } from '../../../src-shared/format/tokens.ts';
import { messageOf } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { formatDuration, unknown } from '../../format/figures.ts';
import { StatusName } from '../calls/call-status.tsx';
import { useFirstCall } from './use-first-call.ts';
import { useTestCall } from './use-test-call.ts';

interface CallStepProps {
  /** As a person calls it; `null` where none was chosen. */
  readonly client: string | null;
  /** Whose calls are waited for; of any key where it is `null`. */
  readonly keyId: string | null;
  readonly onDone: () => void;
}

/** Waits for the first call to arrive, and shows it as it goes. */
export function CallStep({ client, keyId, onDone }: CallStepProps) {
  const [testKeyId, setTestKeyId] = useState<string | null>(null);
  const test = useTestCall(setTestKeyId);
  // A client's own call says more than one from here, whichever came first.
  const own = useFirstCall(keyId);
  const sent = useFirstCall(testKeyId ?? keyId);
  const call = own ?? sent;
  return (
    <>
      <div className="rounded-lg border border-line bg-surface p-4" aria-live="polite">
        {call === null ? (
          <p className="flex items-center gap-2.5">
            <span aria-hidden className="size-2 shrink-0 rounded-full bg-accent motion-safe:animate-pulse" />
            <span>
              Waiting for the first call.{' '}
              {client === null ? 'Send something from your client' : `Ask ${client} something`}, such as “Say hello”.
            </span>
          </p>
        ) : (
          <FirstCall call={call} />
        )}
      </div>
      {test.data !== undefined && test.data !== '' && (
        <p className="break-words">
          <span className="text-muted">The model said:</span> {test.data}
        </p>
      )}
      {test.isError && <Notice kind="error">{messageOf(test.error)}</Notice>}
      <div className="flex flex-wrap items-center gap-2">
        <Button disabled={test.isPending} onClick={() => test.mutate()}>
          <Send size={14} aria-hidden />
          {test.isPending ? 'Sending…' : 'Send one from here'}
        </Button>
        <span className="min-w-0 text-sm text-muted">with a key for it alone; it counts as any call does.</span>
        <Button look={call === null ? 'plain' : 'primary'} className="ml-auto" onClick={onDone}>
          Finish
        </Button>
      </div>
    </>
  );
}

function FirstCall({ call }: { call: CallRecord }) {
  const { inputTokens, outputTokens } = call;
  const tokens = inputTokens === null || outputTokens === null ? unknown : formatTokens(inputTokens + outputTokens);
  const facts = [
    ['Model', call.modelRan ?? call.modelAsked],
    ['Account', call.accountLabel ?? unknown],
    ['Client', call.client ?? unknown],
    ['First output', formatDuration(call.ttftMs)],
    ['Duration', formatDuration(call.durationMs)],
    ['Tokens', tokens],
  ] as const;
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="font-semibold">
          {call.status === 'error' ? 'A call arrived, and failed' : 'Your first call is here'}
        </p>
        <StatusName status={call.status} httpStatus={call.httpStatus} />
      </div>
      {call.status === 'error' && call.reason !== null && <Notice kind="warning">{call.reason}</Notice>}
      <dl className="grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-3">
        {facts.map(([name, text]) => (
          <div key={name} className="min-w-0">
            <dt className="text-sm text-muted">{name}</dt>
            <dd className="truncate" title={text}>
              {text}
            </dd>
          </div>
        ))}
      </dl>
      <Link href={`/calls/${encodeURIComponent(call.id)}`} className="w-fit text-accent hover:underline">
        See all that is known of it
      </Link>
    </div>
  );
}
