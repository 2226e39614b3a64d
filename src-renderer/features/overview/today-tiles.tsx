import { Link } from 'wouter';
import { Skeleton } from '../../components/skeleton.tsx';
import { unknown } from '../../format/figures.ts';
import { Delta } from '../usage/delta.tsx';
import { measures } from '../usage/measures.ts';
import { useToday } from './use-today.ts';

const shown = ['calls', 'tokens', 'cost', 'spent'] as const;

/** Today against yesterday at the same time of day. */
export function TodayTiles() {
  const { data, isError } = useToday();
  return (
    <section aria-label="Today" className="overflow-hidden rounded-lg border border-line bg-surface">
      <header className="flex h-9 items-center justify-between border-b border-line px-4">
        <h2 className="font-semibold">
          Today <span className="font-normal text-muted max-sm:hidden">against yesterday at this time</span>
        </h2>
        <Link href="/usage?window=today" className="text-accent hover:underline">
          Usage
        </Link>
      </header>
      <dl className="grid grid-cols-2 gap-px bg-line md:grid-cols-4">
        {shown.map((name) => {
          const { title, of, format, better } = measures[name];
          return (
            <div key={name} className="min-w-0 bg-surface px-4 py-2.5">
              <dt className="truncate text-sm text-muted">{title}</dt>
              <dd className="text-xl font-semibold tracking-tight">
                {data === undefined ? (
                  isError ? (
                    unknown
                  ) : (
                    <Skeleton className="my-1 h-5 w-16" />
                  )
                ) : (
                  format(of(data.today))
                )}
              </dd>
              <dd className="truncate text-sm">
                {data === undefined ? (
                  <span className="text-muted">{isError ? 'could not be read' : ' '}</span>
                ) : (
                  <Delta now={of(data.today)} before={of(data.yesterday)} better={better} />
                )}
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
