import { ChevronRight } from 'lucide-react';
import { Link } from 'wouter';
import type { FailureGroup } from '../../../src-shared/contract/failure.ts';
import { RelativeTime } from '../../components/relative-time.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import { formatCount } from '../../format/figures.ts';
import { callsOfCause, causeTitle } from './error-words.ts';

/** One cause: what it says, when and how often, and who met it. */
export function CauseRow({ cause }: { cause: FailureGroup }) {
  const title = causeTitle(cause);
  const { id, seen, absorbed, series, firstAt, lastAt, reason, upstream } = cause;
  return (
    <li className="border-b border-line last:border-b-0">
      <details className="group">
        <summary className="grid cursor-pointer list-none grid-cols-[1rem_minmax(0,1fr)_6rem] items-center gap-x-3 gap-y-1 px-4 py-2.5 -outline-offset-2 hover:bg-hover md:grid-cols-[1rem_minmax(0,1fr)_5.5rem_5.5rem_7rem] lg:grid-cols-[1rem_minmax(0,1fr)_9rem_5.5rem_5.5rem_7rem]">
          <ChevronRight size={14} aria-hidden className="text-muted transition-transform group-open:rotate-90" />
          <span className="min-w-0 max-md:col-span-2">
            <span className="block break-words font-medium">{title}</span>
            <span className="line-clamp-2 break-words text-sm text-muted">
              {reason ?? 'Its calls are not kept any more.'}
            </span>
          </span>
          <span className="max-md:col-start-3 max-md:row-start-2 md:max-lg:hidden">
            <Sparkline
              label={`${formatCount(seen)} seen, ${formatCount(absorbed)} absorbed over time`}
              rows={[
                { color: '--bad-fill', values: series.map((point) => point.seen) },
                { color: '--series-rest', values: series.map((point) => point.absorbed) },
              ]}
            />
          </span>
          <Figure name="seen" count={seen} look={seen > 0 ? 'font-semibold text-bad' : ''} />
          <Figure name="absorbed" count={absorbed} look="" />
          <span className="text-right text-sm text-muted max-md:hidden">
            <RelativeTime at={lastAt} />
          </span>
        </summary>
        <div className="grid gap-3 border-t border-line bg-canvas px-4 py-3 pl-11">
          <p className="break-words">{reason ?? 'Its calls are not kept any more.'}</p>
          <p className="text-sm text-muted">
            First <RelativeTime at={firstAt} />, last <RelativeTime at={lastAt} />
            {upstream !== null && <> · {upstream}</>}
          </p>
          <div className="grid gap-3 sm:grid-cols-3">
            <Affected title="Keys" rows={cause.keys} href={(key) => callsOfCause(id, { keyId: key })} />
            <Affected title="Accounts" rows={cause.accounts} href={() => callsOfCause(id)} />
            <Affected title="Models" rows={cause.models} href={(model) => callsOfCause(id, { model })} />
          </div>
          <p className="flex flex-wrap gap-x-4 gap-y-1">
            <Link href={callsOfCause(id)} className="text-accent hover:underline">
              All its calls
            </Link>
            {cause.callIds[0] !== undefined && (
              <Link href={`/calls/${encodeURIComponent(cause.callIds[0])}`} className="text-accent hover:underline">
                The newest call
              </Link>
            )}
          </p>
        </div>
      </details>
    </li>
  );
}

function Figure({ name, count, look }: { name: string; count: number; look: string }) {
  return (
    <span
      className={`text-right max-md:col-start-2 max-md:row-start-2 max-md:text-left ${name === 'absorbed' ? 'max-md:hidden' : ''}`}
    >
      <span className={look}>{formatCount(count)}</span> <span className="text-sm text-muted">{name}</span>
    </span>
  );
}

interface AffectedProps {
  readonly title: string;
  readonly rows: FailureGroup['keys'];
  readonly href: (id: string) => string;
}

/** More than these are told by their number. */
const most = 6;

function Affected({ title, rows, href }: AffectedProps) {
  return (
    <section aria-label={title} className="min-w-0">
      <h3 className="text-sm text-muted">{title}</h3>
      <ul>
        {rows.slice(0, most).map(({ id, name, count }) => (
          <li key={id} className="flex items-baseline justify-between gap-2">
            <Link href={href(id)} className="min-w-0 truncate hover:text-accent hover:underline">
              {name}
            </Link>
            <span className="text-muted">{formatCount(count)}</span>
          </li>
        ))}
        {rows.length === 0 && <li className="text-muted">none</li>}
        {rows.length > most && <li className="text-muted">and {rows.length - most} more</li>}
      </ul>
    </section>
  );
}
