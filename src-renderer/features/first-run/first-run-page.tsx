import { useEffect, useRef, useState } from 'react';
import { useLocation, useParams } from 'wouter';
import { Button } from '../../components/button.tsx';
import { ErrorState, LoadingState, Page } from '../../components/page.tsx';
import { useAccounts } from '../accounts/use-accounts.ts';
import { useClients } from '../connect/use-clients.ts';
import { useStatus } from '../overview/use-status.ts';
import { AccountStep } from './account-step.tsx';
import { CallStep } from './call-step.tsx';
import { ClientStep } from './client-step.tsx';
import { type FirstRunMemory, readFirstRun, writeFirstRun } from './first-run-memory.ts';
import { FirstRunSteps, isStep, type Step, steps } from './first-run-steps.tsx';

/** From nothing to the first call in three steps. Each can be left, come back to, and taken again. */
export function FirstRunPage() {
  const { step: asked } = useParams<{ step?: string }>();
  const [, navigate] = useLocation();
  const accounts = useAccounts();
  const demo = useStatus().data?.demo ?? false;
  const clients = useClients().data?.clients;
  const [memory, setMemory] = useState(readFirstRun);
  const keep = (change: Partial<FirstRunMemory>) => setMemory(writeFirstRun(change));
  const heading = useRef<HTMLHeadingElement>(null);
  const list = accounts.data?.accounts;
  // Also one that was connected at the command line.
  const connected = memory.keyId !== null || (clients?.some(({ state }) => state === 'connected') ?? false);
  const first: Step = list === undefined || list.length === 0 ? 'account' : connected ? 'call' : 'client';
  /** Where this began: what is done meanwhile moves nobody on before they have read what came of it. */
  const [begun, setBegun] = useState<Step | null>(null);
  if (begun === null && list !== undefined && clients !== undefined) setBegun(first);
  const step = isStep(asked) ? asked : (begun ?? first);
  const shown = useRef(step);

  useEffect(() => {
    if (readFirstRun().state === 'new') writeFirstRun({ state: 'open' });
  }, []);
  // Whoever goes on by the keyboard, or hears the page, is taken to what is new.
  useEffect(() => {
    if (shown.current !== step) heading.current?.focus();
    shown.current = step;
  }, [step]);

  const leave = (state: 'skipped' | 'done') => {
    keep({ state });
    navigate('/');
  };
  const done = new Set<Step>([
    ...(list !== undefined && list.length > 0 ? (['account'] as const) : []),
    ...(connected ? (['client'] as const) : []),
    ...(memory.state === 'done' ? (['call'] as const) : []),
  ]);
  return (
    <Page
      title="Welcome"
      actions={
        memory.state !== 'done' && (
          <Button look="quiet" onClick={() => leave('skipped')}>
            Skip for now
          </Button>
        )
      }
    >
      <div className="mx-auto grid max-w-2xl grid-cols-[minmax(0,1fr)] gap-5">
        <p className="text-muted">
          Relay is one address on this machine in front of your own accounts: it sends each call to the one that can
          serve it best, and moves it on when that one fails.
        </p>
        <FirstRunSteps here={step} done={done} />
        <section aria-labelledby="first-run-step" className="grid grid-cols-[minmax(0,1fr)] gap-4">
          <h2 id="first-run-step" ref={heading} tabIndex={-1} className="text-lg font-semibold outline-none">
            {steps[step]}
          </h2>
          {list === undefined && accounts.isPending && <LoadingState />}
          {list === undefined && accounts.isError && (
            <ErrorState error={accounts.error} onRetry={() => void accounts.refetch()} />
          )}
          {step === 'account' && list !== undefined && (
            <AccountStep accounts={list} demo={demo} onDone={() => navigate('/welcome/client')} />
          )}
          {step === 'client' && (
            <ClientStep
              chosen={memory.client}
              onChoose={(client) => keep({ client, keyId: null })}
              onKey={(client, keyId) => keep({ client, keyId })}
              onDone={() => navigate('/welcome/call')}
            />
          )}
          {step === 'call' && (
            <CallStep
              client={clients?.find(({ id }) => id === memory.client)?.name ?? null}
              keyId={memory.keyId}
              onDone={() => leave('done')}
            />
          )}
        </section>
      </div>
    </Page>
  );
}
