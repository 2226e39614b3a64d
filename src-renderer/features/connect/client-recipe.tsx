import { KeyRound } from 'lucide-react';
import type { ClientView, Recipe } from '../../../src-shared/contract/client.ts';
import { messageOf } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Notice } from '../../components/notice.tsx';
import { callsFromElsewhere } from './client-words.ts';
import { ScrollingLines } from './scrolling-lines.tsx';
import { useRecipe } from './use-clients.ts';

/** The lines for one client. A key is made only when it is asked for, and is seen this once. */
export function ClientRecipe({ client, onKey }: { client: ClientView; onKey?: (keyId: string) => void }) {
  const make = useRecipe(client.id);
  const recipe = make.data?.recipe ?? client.recipe;
  return (
    <div className="grid gap-2.5">
      {recipe.note !== null && <Notice kind={callsFromElsewhere(client) ? 'warning' : 'info'}>{recipe.note}</Notice>}
      {make.data !== undefined && (
        <Notice kind="warning">
          The key is filled in. Copy the lines now: it is not stored and cannot be shown again.
        </Notice>
      )}
      <Snippet recipe={recipe} name={client.name} />
      {make.isError && <Notice kind="error">{messageOf(make.error)}</Notice>}
      <div className="flex flex-wrap items-center gap-2">
        <Button
          disabled={make.isPending}
          onClick={() => make.mutate(undefined, { onSuccess: ({ keyId }) => onKey?.(keyId) })}
        >
          <KeyRound size={14} aria-hidden />
          {make.isPending
            ? 'Making a key…'
            : make.data === undefined
              ? 'Make a key and fill it in'
              : 'Make another key'}
        </Button>
        {make.data === undefined && <span className="text-sm text-muted">or put a key of yours in its place.</span>}
      </div>
    </div>
  );
}

function Snippet({ recipe: { place, text }, name }: { recipe: Recipe; name: string }) {
  return (
    <figure className="overflow-hidden rounded-md border border-line">
      <figcaption className="flex items-center gap-2 border-b border-line bg-canvas py-1 pr-1 pl-3 text-sm text-muted">
        <span className="mr-auto min-w-0 break-words">{place}</span>
        <CopyButton text={text} label={`Copy the lines for ${name}`} caption="Copy" />
      </figcaption>
      <ScrollingLines label={`Lines for ${name}`}>{text}</ScrollingLines>
    </figure>
  );
}
