import { type ReactNode, useState } from 'react';
import { Link, Redirect } from 'wouter';
import { Notice } from '../../components/notice.tsx';
import { readFirstRun, writeFirstRun } from '../first-run/first-run-memory.ts';

/** Leads whoever has no account yet to the first steps; later it only says, until a call has come, that they can be taken up again. */
export function FirstSteps({ accounts, called }: { accounts: number; called: boolean }) {
  const [{ state }, setMemory] = useState(readFirstRun);
  if (accounts === 0 && state === 'new') return <Redirect to="/welcome" replace />;
  if (accounts === 0) {
    return (
      <Notice>
        Relay has no account to send calls to. <Go>Take the first steps</Go>
      </Notice>
    );
  }
  if (state !== 'open' || called) return null;
  return (
    <Notice>
      The first steps are not finished. <Go>Go on with them</Go>{' '}
      <button
        type="button"
        className="underline underline-offset-2 hover:text-ink"
        onClick={() => setMemory(writeFirstRun({ state: 'skipped' }))}
      >
        Leave them
      </button>
    </Notice>
  );
}

function Go({ children }: { children: ReactNode }) {
  return (
    <Link href="/welcome" className="font-medium whitespace-nowrap text-accent underline underline-offset-2">
      {children}
    </Link>
  );
}
