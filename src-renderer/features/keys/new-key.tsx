import { useState } from 'react';
import { recipes } from '../../../src-shared/catalog/recipes.ts';
import { clientBaseUrl } from '../../api/client-base-url.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Notice } from '../../components/notice.tsx';
import { Tabs } from '../../components/tabs.tsx';

const titles = {
  codex: recipes.codex.name,
  curl: recipes.curl.name,
  python: recipes.python.name,
  node: recipes.node.name,
};

/** A key's only appearance, with lines that are ready to paste. */
export function NewKey({ secret, url, model }: { secret: string; url: string; model: string | null }) {
  const [client, setClient] = useState<keyof typeof titles>('codex');
  const { text, place } = recipes[client].recipe({ secret, base: clientBaseUrl(url), model: model ?? 'MODEL' });
  return (
    <div className="grid gap-4">
      <Notice kind="warning">Copy it now: it is not stored and cannot be shown again.</Notice>
      <div className="flex items-center gap-1 rounded-md border border-line bg-well py-1 pr-1 pl-3">
        <code className="min-w-0 flex-1 font-mono text-sm break-all">{secret}</code>
        <CopyButton text={secret} label="Copy the key" caption="Copy" />
      </div>
      <div className="grid gap-2">
        <Tabs label="Client" names={titles} value={client} onChange={setClient} />
        <div className="flex items-center justify-between text-sm text-muted">
          <span>{place}</span>
          <CopyButton text={text} label="Copy these lines" />
        </div>
        <pre className="overflow-x-auto rounded-md border border-line bg-well p-3 font-mono text-sm">{text}</pre>
      </div>
    </div>
  );
}
