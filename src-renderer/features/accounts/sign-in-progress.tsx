import { CircleCheck, LoaderCircle } from 'lucide-react';
import type { SignInView } from '../../../src-shared/contract/sign-in.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Notice } from '../../components/notice.tsx';
import { useNow } from '../../components/use-now.ts';
import { formatSpan } from '../../format/figures.ts';
import { PasteAddress } from './paste-address.tsx';
import { webAddress } from './web-address.ts';

interface SignInProgressProps {
  readonly signIn: SignInView;
  readonly pasteFault: unknown;
  readonly pasting: boolean;
  readonly onPaste: (address: string) => void;
  readonly onAgain: () => void;
  readonly onDone: () => void;
}

/** A sign-in that has begun: what to do now while it waits, then how it ended and what is next. */
export function SignInProgress({ signIn, pasteFault, pasting, onPaste, onAgain, onDone }: SignInProgressProps) {
  if (signIn.state !== 'waiting') return <Ending signIn={signIn} onAgain={onAgain} onDone={onDone} />;
  return (
    <div className="grid gap-3.5">
      <Waiting signIn={signIn} />
      {signIn.userCode !== null && <UserCode code={signIn.userCode} />}
      <Address url={signIn.url} isDevice={signIn.method === 'device'} />
      {signIn.method !== 'device' && (
        <PasteAddress open={signIn.method === 'paste'} busy={pasting} fault={pasteFault} onPaste={onPaste} />
      )}
      <p className="text-sm text-muted">Closing this gives the sign-in up.</p>
    </div>
  );
}

function Waiting({ signIn }: { signIn: SignInView }) {
  const left = signIn.expiresAt - useNow();
  return (
    <div className="flex items-start gap-2.5">
      <LoaderCircle
        size={16}
        aria-hidden
        className="mt-0.5 shrink-0 animate-spin text-accent motion-reduce:animate-none"
      />
      <output className="min-w-0 flex-1" aria-live="polite">
        {signIn.message}
      </output>
      <span className="shrink-0 text-muted">{formatSpan(left, true)} left</span>
    </div>
  );
}

function UserCode({ code }: { code: string }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-2 rounded-md border border-line bg-well py-2 pr-2 pl-4">
      <code className="font-mono text-xl font-semibold tracking-widest select-all">{code}</code>
      <CopyButton text={code} label="Copy the code" caption="Copy" />
    </div>
  );
}

function Address({ url, isDevice }: { url: string | null; isDevice: boolean }) {
  const address = webAddress(url);
  if (address === null) return null;
  return (
    <div className="flex items-center gap-1 rounded-md border border-line py-1 pr-1 pl-3">
      <a
        href={address}
        target="_blank"
        rel="noopener noreferrer"
        className="min-w-0 flex-1 truncate text-accent underline underline-offset-2"
      >
        {isDevice ? address : 'Open the sign-in page again'}
      </a>
      <CopyButton text={address} label="Copy the address" />
    </div>
  );
}

function Ending({ signIn, onAgain, onDone }: { signIn: SignInView; onAgain: () => void; onDone: () => void }) {
  if (signIn.state === 'done') {
    return (
      <div className="grid gap-3.5">
        <output className="flex items-start gap-2.5">
          <CircleCheck size={16} className="mt-0.5 shrink-0 text-good" aria-hidden />
          <span className="min-w-0 break-words">{signIn.message}</span>
        </output>
        <Button look="primary" className="justify-self-end" onClick={onDone} autoFocus>
          Done
        </Button>
      </div>
    );
  }
  return (
    <div className="grid gap-3.5">
      <Notice kind={signIn.state === 'failed' ? 'error' : 'warning'}>{signIn.message}</Notice>
      <Button look="primary" className="justify-self-end" onClick={onAgain} autoFocus>
        Start again
      </Button>
    </div>
  );
}
