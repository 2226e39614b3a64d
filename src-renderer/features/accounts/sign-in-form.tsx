import { ExternalLink } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import type { SignInMethod } from '../../../src-shared/contract/sign-in.ts';
import { messageOf } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import { SignInProgress } from './sign-in-progress.tsx';
import { useSignIn } from './use-sign-in.ts';

interface SignInFormProps {
  readonly method: 'browser' | 'device';
  /** The account that is signed in again; without one a new account comes of it. */
  readonly account?: { readonly id: string; readonly label: string };
  readonly onDone: () => void;
  readonly onMethod: (method: 'browser' | 'device') => void;
}

const words = {
  browser: {
    text: 'ChatGPT’s own sign-in page opens in a new tab and comes back to this machine. Relay gets a login of its own, which no other program uses.',
    button: 'Sign in with ChatGPT',
  },
  device: {
    text: 'For when the browser is on another device: you get a code here and type it in at ChatGPT there.',
    button: 'Get a code',
  },
} as const;

export function SignInForm({ method, account, onDone, onMethod }: SignInFormProps) {
  const [label, setLabel] = useState('');
  const { signIn, start, paste } = useSignIn(account?.id ?? null);
  const begin = (by: SignInMethod) => {
    paste.reset();
    start.mutate({ method: by, label });
  };
  if (signIn !== null && !start.isPending) {
    return (
      <SignInProgress
        signIn={signIn}
        pasteFault={paste.error}
        pasting={paste.isPending}
        onPaste={paste.mutate}
        onAgain={() => begin(signIn.method)}
        onDone={onDone}
      />
    );
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    begin(method);
  };
  return (
    <form onSubmit={submit} className="grid gap-3.5">
      <p className="text-muted">
        {account !== undefined && (
          <>
            Sign in with the login of <strong className="font-semibold text-ink">{account.label}</strong>: any other is
            refused and changes nothing.{' '}
          </>
        )}
        {words[method].text}
      </p>
      {account === undefined && (
        <TextField
          label="Name (optional)"
          placeholder="personal"
          maxLength={80}
          value={label}
          onChange={(event) => setLabel(event.target.value)}
          hint="Without one it is called by its mail and workspace."
        />
      )}
      {start.isError && (
        <>
          <Notice kind="error">{messageOf(start.error)}</Notice>
          {method === 'browser' && (
            <div className="flex flex-wrap gap-2">
              <Button onClick={() => onMethod('device')}>Use a device code</Button>
              <Button disabled={start.isPending} onClick={() => begin('paste')}>
                Paste the address instead
              </Button>
            </div>
          )}
        </>
      )}
      <Button type="submit" look="primary" disabled={start.isPending} className="justify-self-end">
        {method === 'browser' && <ExternalLink size={14} aria-hidden />}
        {start.isPending ? 'Starting…' : start.isError ? 'Try again' : words[method].button}
      </Button>
    </form>
  );
}
