import { useState } from 'react';
import { Notice } from '../../components/notice.tsx';
import { Tabs } from '../../components/tabs.tsx';
import type { AddFormProps } from './add-form-props.ts';
import { ApiKeyForm } from './api-key-form.tsx';
import { AuthJsonForm } from './auth-json-form.tsx';

const ways = { 'api-key': 'API key', 'auth-json': 'Codex login' } as const;

export function AddAccountForm(props: AddFormProps) {
  const [way, setWay] = useState<keyof typeof ways>('api-key');
  return (
    <div className="grid gap-4">
      <Tabs label="Kind of account" names={ways} value={way} onChange={setWay} />
      {way === 'auth-json' && (
        <Notice kind="warning">
          Using a ChatGPT login outside OpenAI’s own apps may conflict with OpenAI’s terms. API keys are the sanctioned
          way. Import only a login of your own.
        </Notice>
      )}
      {way === 'api-key' ? <ApiKeyForm {...props} /> : <AuthJsonForm {...props} />}
    </div>
  );
}
