import type { ClientView } from '../../../src-shared/contract/client.ts';
import { Button } from '../../components/button.tsx';
import { SelectField } from '../../components/field.tsx';
import { ErrorState, LoadingState } from '../../components/page.tsx';
import { ClientRecipe } from '../connect/client-recipe.tsx';
import { ClientSetup } from '../connect/client-setup.tsx';
import { groupClients } from '../connect/client-words.ts';
import { useClients } from '../connect/use-clients.ts';

interface ClientStepProps {
  readonly chosen: string | null;
  readonly onChoose: (client: string) => void;
  readonly onKey: (client: string, keyId: string) => void;
  readonly onDone: () => void;
}

/** One client, the likeliest first, set up by Relay or by hand. */
export function ClientStep({ chosen, onChoose, onKey, onDone }: ClientStepProps) {
  const clients = useClients();
  if (clients.isPending) return <LoadingState />;
  if (clients.isError) return <ErrorState error={clients.error} onRetry={() => void clients.refetch()} />;
  const groups = groupClients(clients.data.clients);
  const all = groups.flatMap((group) => group.clients);
  const client = all.find(({ id }) => id === chosen) ?? all[0];
  if (client === undefined) return null;
  return (
    <>
      <div className="max-w-xs">
        <SelectField
          label="Which program do you use?"
          value={client.id}
          options={all.map(({ id, name }) => ({ value: id, name }))}
          groupOf={(id) => groups.find((group) => group.clients.some((each) => each.id === id))?.title ?? ''}
          onChange={onChoose}
        />
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 rounded-lg border border-line bg-surface p-4">
        <Ways key={client.id} client={client} onKey={(keyId) => onKey(client.id, keyId)} />
      </div>
      <Button look="primary" className="justify-self-end" onClick={onDone}>
        Go on
      </Button>
    </>
  );
}

function Ways({ client, onKey }: { client: ClientView; onKey: (keyId: string) => void }) {
  if (client.setup === 'copy') return <ClientRecipe client={client} onKey={onKey} />;
  return (
    <>
      <p className="text-muted">
        Relay can write its settings. You see what would change first, and can take it back here at any time.
      </p>
      <ClientSetup client={client} onKey={onKey} />
      <details>
        <summary className="w-fit text-muted hover:text-ink">Or do it by hand</summary>
        <div className="pt-2">
          <ClientRecipe client={client} onKey={onKey} />
        </div>
      </details>
    </>
  );
}
