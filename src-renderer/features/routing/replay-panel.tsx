import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { ReplayReport } from '../../../src-shared/contract/routing.ts';
import { formatTokens } from '../../../src-shared/format/tokens.ts';
import { messageOf } from '../../api/client.ts';
import { AsOf } from '../../components/as-of.tsx';
import { Notice } from '../../components/notice.tsx';
import { Panel } from '../../components/panel.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { formatCount, formatMoney, formatShare, unknown } from '../../format/figures.ts';

/** What the choice would have made of the calls of the last hour, beside what was. */
export function ReplayPanel({ replay }: { replay: UseQueryResult<ReplayReport> }) {
  const report = replay.data;
  return (
    <Panel title="The last hour with this choice" action={<AsOf at={replay.dataUpdatedAt} />}>
      <div className={`grid gap-3 px-4 py-3 ${replay.isPlaceholderData ? 'opacity-60' : ''}`}>
        {replay.isError && <Notice kind="error">{messageOf(replay.error)}</Notice>}
        {report === undefined && !replay.isError && <Skeleton className="h-40" />}
        {report !== undefined && report.calls === 0 && (
          <p className="text-muted">
            No call of the last hour has a decision that could be made again. Come back when there were some.
          </p>
        )}
        {report !== undefined && report.calls > 0 && <Report report={report} />}
      </div>
    </Panel>
  );
}

function Report({ report }: { report: ReplayReport }) {
  const { calls, changed, unserved, moves, cachedTokens, costMicroUsd, spentMicroUsd, truncated, reproduced } = report;
  const rows = [
    ...report.accounts.map((account) => ({ name: account.accountLabel, pair: account.calls, format: formatCount })),
    { name: 'Conversations moved', pair: moves, format: formatCount },
    { name: 'Tokens from a cache', pair: cachedTokens, format: formatTokens },
    { name: 'At API prices', pair: costMicroUsd, format: formatMoney },
    { name: 'Really spent', pair: spentMicroUsd, format: formatMoney },
  ];
  return (
    <>
      <p>
        <strong className="font-semibold">
          {changed === 0 ? 'None' : formatCount(changed)} of {formatCount(calls)} calls
        </strong>{' '}
        would have gone elsewhere
        {unserved > 0 && <span className="text-bad">, and {formatCount(unserved)} to no account at all</span>}.
        {truncated && ' These are the newest; there were more.'}
      </p>
      <table className="w-full table-fixed">
        <caption className="sr-only">
          Calls by account, moves, cached tokens and cost: as they were, and with this choice
        </caption>
        <thead>
          <tr className="border-b border-line text-sm text-muted">
            <th scope="col" className="py-1 text-left font-medium">
              <span className="sr-only">What</span>
            </th>
            <th scope="col" className="w-20 py-1 text-right font-medium">
              As it was
            </th>
            <th scope="col" className="w-20 py-1 text-right font-medium">
              With this
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, pair: { actual, replayed }, format }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two accounts may have one name
            <tr key={index} className="border-b border-line/60 last:border-b-0">
              <th scope="row" className="truncate py-1 text-left font-normal" title={name}>
                {name}
              </th>
              <td className="text-right text-muted">{format(actual)}</td>
              <td className={`text-right ${actual === replayed ? '' : 'font-semibold'}`}>{format(replayed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {report.examples.length > 0 && (
        <details>
          <summary className="w-fit text-muted hover:text-ink">Some that would have moved</summary>
          <ul className="mt-1.5 grid gap-1.5">
            {report.examples.map((example) => (
              <li key={example.callId} className="break-words">
                <Link href={`/calls/${encodeURIComponent(example.callId)}`} className="text-accent hover:underline">
                  {example.model}
                </Link>{' '}
                <span className="text-muted">
                  <RelativeTime at={example.at} />
                </span>{' '}
                from {example.from} to {example.to ?? 'nobody'}: <span className="text-muted">{example.why}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
      <details>
        <summary className="w-fit text-muted hover:text-ink">What this cannot know</summary>
        <ul className="mt-1.5 grid gap-1 text-sm text-muted">
          <li>
            The same choice as then puts {reproduced === null ? unknown : formatShare(reproduced)} of the calls where
            they went.
          </li>
          {report.limits.map((limit) => (
            <li key={limit}>{limit}</li>
          ))}
        </ul>
      </details>
    </>
  );
}
