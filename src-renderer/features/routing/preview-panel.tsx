import { useState } from 'react';
import { messageOf } from '../../api/client.ts';
import { Notice } from '../../components/notice.tsx';
import { Panel } from '../../components/panel.tsx';
import { Select } from '../../components/select.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useAccounts } from '../accounts/use-accounts.ts';
import { DecisionCard } from '../calls/decision-card.tsx';
import type { RoutingChoice } from './routing-choice.ts';
import { usePreview } from './use-routing.ts';

/** Every candidate for a new conversation, now, by the choice that is shown. */
export function PreviewPanel({ choice }: { choice: RoutingChoice }) {
  const [model, setModel] = useState('');
  const accounts = useAccounts().data?.accounts ?? [];
  const models = [...new Set(accounts.flatMap((account) => account.models ?? []))].sort();
  const preview = usePreview(choice, model);
  return (
    <Panel
      title="Where a call would go now"
      action={
        <Select
          label="Model of the call"
          className="h-6.5 max-w-44"
          value={model}
          options={[{ value: '', name: 'as the newest call' }, ...models.map((value) => ({ value, name: value }))]}
          onChange={setModel}
        />
      }
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-2 px-4 py-3">
        {preview.isError && <Notice kind="error">{messageOf(preview.error)}</Notice>}
        {preview.data === undefined && !preview.isError && <Skeleton className="h-40" />}
        {preview.data !== undefined && !preview.isError && <DecisionCard decision={preview.data} title={null} />}
      </div>
    </Panel>
  );
}
