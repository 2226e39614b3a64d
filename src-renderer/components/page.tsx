import type { ReactNode } from 'react';
import { messageOf } from '../api/client.ts';
import { Button } from './button.tsx';

/** The frame of every page: a title with what can be done here, and the content below. */
export function Page({
  title,
  note,
  actions,
  fill = false,
  children,
}: {
  title: string;
  note?: ReactNode;
  actions?: ReactNode;
  /** The content takes the height that is left and scrolls by itself. */
  fill?: boolean;
  children: ReactNode;
}) {
  return (
    <main
      id="content"
      tabIndex={-1}
      className={`flex min-h-0 min-w-0 flex-1 flex-col outline-none ${fill ? '' : 'overflow-y-auto'}`}
    >
      <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-2 sm:px-5">
        <h1 className="text-lg font-semibold">{title}</h1>
        {note !== undefined && <span className="text-muted max-sm:hidden">{note}</span>}
        <div className={`flex min-w-0 items-center gap-2 ${fill ? 'flex-1' : 'ml-auto'}`}>{actions}</div>
      </header>
      {fill ? children : <div className="w-full p-4 sm:p-5">{children}</div>}
    </main>
  );
}

/** Nothing here yet, and what to do about it. */
export function EmptyState({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="mx-auto grid max-w-md justify-items-center gap-2 px-4 py-16 text-center">
      <h2 className="text-lg font-semibold">{title}</h2>
      <div className="grid justify-items-center gap-3 text-muted">{children}</div>
    </div>
  );
}

export function ErrorState({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <EmptyState title="This could not be loaded">
      <p role="alert">{messageOf(error)}</p>
      <Button onClick={onRetry}>Try again</Button>
    </EmptyState>
  );
}

export function LoadingState() {
  return (
    <output className="block px-4 py-16 text-center text-muted" aria-live="polite">
      Loading…
    </output>
  );
}
