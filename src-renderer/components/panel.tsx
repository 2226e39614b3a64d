import type { ReactNode } from 'react';

export function Panel({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title} className="min-w-0 overflow-hidden rounded-lg border border-line bg-surface">
      <header className="flex h-9 items-center justify-between border-b border-line px-4">
        <h2 className="font-semibold">{title}</h2>
        {action}
      </header>
      {children}
    </section>
  );
}

/** One figure with its name and what it counts. */
export function Tile({ name, figure, note }: { name: string; figure: string; note: string }) {
  return (
    <div className="min-w-0 bg-surface px-4 py-3 max-md:last:col-span-2">
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="text-xl font-semibold tracking-tight">{figure}</dd>
      <dd className="break-words text-sm text-muted">{note}</dd>
    </div>
  );
}
