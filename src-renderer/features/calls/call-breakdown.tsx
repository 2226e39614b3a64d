import type { ReactNode } from 'react';
import { type Price, priceList } from '../../../src-shared/catalog/prices.ts';
import type { CallDetail, CallRecord } from '../../../src-shared/contract/call.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { exactTime, RelativeTime } from '../../components/relative-time.tsx';
import { formatBytes, unknown } from '../../format/figures.ts';
import { AttemptWaterfall } from './attempt-waterfall.tsx';
import { CallSection } from './call-section.tsx';
import { StatusName } from './call-status.tsx';
import { DecisionCard } from './decision-card.tsx';
import { describeCall } from './describe-call.ts';
import { TokenTable } from './token-table.tsx';
import { visibleText } from './visible-text.ts';

const endpoints: Readonly<Record<CallRecord['endpoint'], string>> = {
  responses: 'Responses',
  chat: 'Chat Completions',
  compact: 'Compaction',
  websocket: 'Responses over WebSocket',
  ollama: 'Ollama’s chat',
  passthrough: 'Passed through',
};

interface CallBreakdownProps {
  readonly call: CallDetail;
  readonly prices?: readonly Price[];
  /** Sections with what is asked for by itself. */
  readonly children?: ReactNode;
}

const listPrices = priceList({});

/** Everything the log knows of one call. Whatever came from outside is text here, and nothing but text. */
export function CallBreakdown({ call, prices = listPrices, children }: CallBreakdownProps) {
  return (
    <div>
      <div className="grid gap-1 p-4">
        <div className="flex flex-wrap items-baseline justify-between gap-x-3">
          <p className="min-w-0 text-lg font-semibold break-words">{visibleText(call.modelAsked)}</p>
          <StatusName status={call.status} httpStatus={call.httpStatus} />
        </div>
        <p className="text-muted">{visibleText(describeCall(call))}</p>
        {call.status !== 'ok' && (call.reason !== null || call.errorCode !== null) && (
          <p className="mt-1 rounded-md border border-bad-fill/40 bg-bad-tint px-3 py-2 break-words">
            {call.errorCode !== null && (
              <code className="mr-2 font-mono text-sm text-bad">{visibleText(call.errorCode)}</code>
            )}
            {call.reason !== null && visibleText(call.reason)}
          </p>
        )}
      </div>

      <CallSection title="Attempts">
        <AttemptWaterfall call={call} />
      </CallSection>

      <CallSection title="Decision">
        <Decisions call={call} />
      </CallSection>

      <CallSection title="Tokens and cost">
        <TokenTable call={call} prices={prices} />
      </CallSection>

      <CallSection title="Request">
        <dl className="grid grid-cols-[8.5rem_minmax(0,1fr)] gap-x-3 gap-y-1.5">
          <Fact name="Model asked">{call.modelAsked}</Fact>
          <Fact name="Model that ran">{call.modelRan}</Fact>
          <Fact name="Effort">{call.effort}</Fact>
          <Fact name="Service tier">{call.serviceTier}</Fact>
          <Fact name="Endpoint">
            {endpoints[call.endpoint]}
            {call.stream ? ', streamed' : ', in one piece'}
          </Fact>
          <Fact name="Request size">{formatBytes(call.requestBytes)}</Fact>
          <Fact name="Left out">{call.dropped.length === 0 ? 'Nothing' : <Dropped names={call.dropped} />}</Fact>
        </dl>
      </CallSection>

      <CallSection title="From">
        <dl className="grid grid-cols-[8.5rem_minmax(0,1fr)] gap-x-3 gap-y-1.5">
          <Fact name="Client">{call.client}</Fact>
          <Fact name="User agent">{call.userAgent}</Fact>
          <Fact name="Key">{call.keyName}</Fact>
          <Fact name="Project">{call.project}</Fact>
          <Fact name="Member">{call.member}</Fact>
          <Fact name="Started">
            {exactTime(call.startedAt)}{' '}
            <span className="text-muted">
              (<RelativeTime at={call.startedAt} />)
            </span>
          </Fact>
        </dl>
      </CallSection>

      <CallSection title="Ids">
        <dl className="grid grid-cols-[8.5rem_minmax(0,1fr)] gap-x-3 gap-y-1">
          <Id name="Call" value={call.id} />
          <Id name="Response" value={call.responseId} />
          <Id name="Conversation" value={call.conversationId} />
          <Id name="Account" value={call.accountId} />
          <Id name="Key" value={call.keyId} />
        </dl>
      </CallSection>
      {children}
    </div>
  );
}

/** One card for each account that was chosen, in order. */
function Decisions({ call: { decisions, status, endpoint } }: { call: CallDetail }) {
  if (decisions.length === 0) {
    if (status === 'inflight') return <p className="text-muted">Shown when the call is over.</p>;
    return (
      <p className="text-muted">
        {endpoint === 'passthrough'
          ? 'Such calls go to the first key that can take them.'
          : 'None is kept for this call.'}
      </p>
    );
  }
  return (
    <div className="grid gap-4">
      {decisions.map((decision, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: decisions are in the order in which they were made
        <DecisionCard key={index} decision={decision} title={decisions.length === 1 ? null : `${index + 1}.`} />
      ))}
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">
        {typeof children === 'string'
          ? visibleText(children)
          : (children ?? <span className="text-faint">{unknown}</span>)}
      </dd>
    </>
  );
}

function Id({ name, value }: { name: string; value: string | null }) {
  return (
    <>
      <dt className="py-0.5 text-muted">{name}</dt>
      <dd className="flex min-w-0 items-center gap-1">
        {value === null ? (
          <span className="py-0.5 text-faint">{unknown}</span>
        ) : (
          <>
            <code className="truncate font-mono text-sm" title={visibleText(value)}>
              {visibleText(value)}
            </code>
            <CopyButton text={value} label={`Copy the ${name.toLowerCase()} id`} />
          </>
        )}
      </dd>
    </>
  );
}

/** Parameters that the upstream cannot take. Nothing disappears silently. */
function Dropped({ names }: { names: readonly string[] }) {
  return (
    <ul className="flex flex-wrap gap-1" aria-label="Parameters left out">
      {names.map((name) => (
        <li key={name} className="rounded border border-line bg-well px-1.5 font-mono text-sm">
          {visibleText(name)}
        </li>
      ))}
    </ul>
  );
}
