import { useState } from 'react';
import { Tabs } from '../../components/tabs.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { TermsNotice } from './terms-notice.tsx';

const methods = { browser: 'In the browser', device: 'Device code' } as const;

export function SignInAgain({ account, onDone }: { account: { id: string; label: string }; onDone: () => void }) {
  const [method, setMethod] = useState<keyof typeof methods>('browser');
  return (
    <div className="grid gap-4">
      <Tabs label="Way to sign in" names={methods} value={method} onChange={setMethod} />
      <TermsNotice />
      <SignInForm key={method} method={method} account={account} onDone={onDone} onMethod={setMethod} />
    </div>
  );
}
