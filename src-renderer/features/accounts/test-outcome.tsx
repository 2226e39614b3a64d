import { X } from 'lucide-react';
import { Link } from 'wouter';
import type { AccountTest } from '../../../src-shared/contract/account-models.ts';
import { IconButton } from '../../components/button.tsx';
import { formatDuration } from '../../format/figures.ts';

/** What one tiny call to an account showed; until it is dismissed. */
export function TestOutcome({ test, onDismiss }: { test: AccountTest; onDismiss: () => void }) {
  const { ok, model, ttftMs, durationMs, error, callId } = test;
  return (
    <div className="flex items-start gap-2 rounded-md bg-well py-1 pr-1 pl-2.5">
      <output className="min-w-0 flex-1 py-0.5 break-words">
        <span className={`font-medium ${ok ? 'text-good' : 'text-bad'}`}>{ok ? 'Answered' : 'Did not answer'}</span>
        <span className="text-muted">
          {' '}
          {model} · first output {formatDuration(ttftMs)} · {formatDuration(durationMs)} in all ·{' '}
          <Link href={`/calls/${encodeURIComponent(callId)}`} className="text-accent hover:underline">
            the call
          </Link>
        </span>
        {error !== null && <span className="block">{error.message}</span>}
      </output>
      <IconButton label="Dismiss the test" className="size-6" onClick={onDismiss}>
        <X size={14} />
      </IconButton>
    </div>
  );
}
