import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { getFailures } from '../../api/failure-requests.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { Panel } from '../../components/panel.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { formatCount } from '../../format/figures.ts';
import { callsOfCause, causeTitle } from '../errors/error-words.ts';
import { lastVisitAt } from './last-visit.ts';

const againMs = 10_000;
const dayMs = 86_400_000;
const mostMs = 30 * dayMs;
const listed = 3;

/** What failed while nobody looked: since the last visit, or at the first one in the last day. Nothing where nothing did. */
export function ErrorsSince() {
  const visit = lastVisitAt();
  const { data } = useQuery({
    queryKey: queryKeys.failures('since-visit', 'all'),
    queryFn: ({ signal }) => {
      const now = Date.now();
      const from = Math.max(now - mostMs, visit ?? now - dayMs);
      const query = { from: String(from), to: String(now + 1), limit: String(listed), points: '1' };
      return getFailures(new URLSearchParams(query), signal);
    },
    refetchInterval: againMs,
  });
  if (data === undefined || data.seen + data.absorbed === 0) return null;
  return (
    <Panel
      title={visit === null ? 'Errors of the last day' : 'Errors since your last visit'}
      action={
        <Link href="/errors" className="text-accent hover:underline">
          All errors
        </Link>
      }
    >
      <div className="grid gap-2 px-4 py-3">
        <p>
          <strong className={`font-semibold ${data.seen > 0 ? 'text-bad' : ''}`}>
            {formatCount(data.seen)} failed
          </strong>{' '}
          for their client, {formatCount(data.absorbed)} were absorbed
          {visit !== null && (
            <span className="text-muted">
              ; you were here <RelativeTime at={visit} />
            </span>
          )}
          .
        </p>
        <ul className="grid gap-1.5">
          {data.errors.map((cause) => (
            <li key={cause.id} className="min-w-0">
              <div className="flex items-baseline justify-between gap-3">
                <Link href={callsOfCause(cause.id)} className="min-w-0 truncate hover:text-accent hover:underline">
                  {causeTitle(cause)}
                </Link>
                <span className="shrink-0 text-sm text-muted">
                  {formatCount(cause.seen + cause.absorbed)} × <RelativeTime at={cause.lastAt} />
                </span>
              </div>
              {cause.reason !== null && (
                <p className="truncate text-sm text-muted" title={cause.reason}>
                  {cause.reason}
                </p>
              )}
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  );
}
