import { useState } from 'react';
import { Tabs } from '../../components/tabs.tsx';
import { ApiKeyForm } from './api-key-form.tsx';
import { AuthJsonForm } from './auth-json-form.tsx';
import { FoundLogins } from './found-logins.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { TermsNotice } from './terms-notice.tsx';
import { useAddAccount } from './use-accounts.ts';

const ways = {
  browser: 'Sign in',
  device: 'Device code',
  found: 'Found here',
  'auth-json': 'auth.json',
  'api-key': 'API key',
} as const;
type Way = keyof typeof ways;

/** Five ways to one account, `first` the one that is shown at first. `onDone` closes it. */
export function AddAccountForm({ onDone, first = 'browser' }: { onDone: () => void; first?: Way }) {
  const [way, setWay] = useState<Way>(first);
  const add = useAddAccount(onDone);
  const choose = (next: Way) => {
    add.reset();
    setWay(next);
  };
  const secret = { busy: add.isPending, error: add.error, onSubmit: add.mutate };
  return (
    <div className="grid gap-4">
      <Tabs label="Way to add an account" names={ways} value={way} onChange={choose} />
      {way !== 'api-key' && <TermsNotice />}
      {way === 'browser' && <SignInForm key={way} method="browser" onDone={onDone} onMethod={choose} />}
      {way === 'device' && <SignInForm key={way} method="device" onDone={onDone} onMethod={choose} />}
      {way === 'found' && <FoundLogins onDone={onDone} onSignIn={() => choose('browser')} />}
      {way === 'auth-json' && <AuthJsonForm {...secret} onSignIn={() => choose('browser')} />}
      {way === 'api-key' && <ApiKeyForm {...secret} />}
    </div>
  );
}
