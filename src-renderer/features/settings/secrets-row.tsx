import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type SubmitEvent, useState } from 'react';
import type { SecretsMove } from '../../../src-shared/contract/secrets.ts';
import { messageOf } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { getSecrets, moveSecrets } from '../../api/settings-requests.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { TextField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import { ExtraRow } from './extra-rows.tsx';

const places = { keychain: 'the keychain', file: 'an encrypted file' } as const;

/** Where logins and API keys are, and carrying them over. */
export function SecretsRow() {
  const [moving, setMoving] = useState<SecretsMove['to'] | null>(null);
  const secrets = useQuery({ queryKey: queryKeys.secrets, queryFn: getSecrets, staleTime: 0 });
  const kind = secrets.data?.kind;
  const to = kind === 'keychain' ? 'file' : 'keychain';
  return (
    <ExtraRow
      title="Where secrets are kept"
      about={
        <>
          Logins and API keys, and never anything else of them.{' '}
          {secrets.data !== undefined && <span className="text-ink">Now: {secrets.data.place}.</span>}
          {secrets.data === undefined && secrets.isError && messageOf(secrets.error)}
        </>
      }
    >
      {kind !== undefined && kind !== 'memory' && <Button onClick={() => setMoving(to)}>Move to {places[to]}…</Button>}
      {moving !== null && <MoveSecrets to={moving} onClose={() => setMoving(null)} />}
    </ExtraRow>
  );
}

function MoveSecrets({ to, onClose }: { to: SecretsMove['to']; onClose: () => void }) {
  const queries = useQueryClient();
  const [passphrase, setPassphrase] = useState('');
  const move = useMutation({
    mutationFn: () => moveSecrets({ to, ...(to === 'file' && passphrase !== '' ? { passphrase } : {}) }),
    gcTime: 0,
    onSettled: () => {
      setPassphrase('');
      void queries.invalidateQueries({ queryKey: queryKeys.secrets });
      return queries.invalidateQueries({ queryKey: queryKeys.status });
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    move.mutate();
  };
  return (
    <Dialog title={`Move secrets to ${places[to]}`} onClose={onClose}>
      {move.data === undefined ? (
        <form onSubmit={submit} className="grid gap-4">
          <p>All of them are carried over, then the old copies are erased. Calls are served meanwhile.</p>
          {to === 'file' && (
            <TextField
              label="Passphrase"
              type="password"
              autoComplete="new-password"
              maxLength={1_024}
              value={passphrase}
              onChange={(event) => setPassphrase(event.target.value)}
              hint="Relay needs it at each start. Leave it empty if Relay was started with one."
            />
          )}
          {move.isError && <Notice kind="error">{messageOf(move.error)}</Notice>}
          <Button type="submit" look="primary" disabled={move.isPending} className="justify-self-end">
            {move.isPending ? 'Moving…' : 'Move'}
          </Button>
        </form>
      ) : (
        <div className="grid gap-3">
          <p>
            {move.data.moved} moved: {move.data.place}.
          </p>
          {move.data.left > 0 && (
            <Notice kind="warning">
              {move.data.left === 1 ? '1 old copy' : `${move.data.left} old copies`} could not be erased: remove what is
              left by hand.
            </Notice>
          )}
          {move.data.next !== null && <Notice kind="warning">{move.data.next}</Notice>}
          <Button onClick={onClose} className="justify-self-end">
            Done
          </Button>
        </div>
      )}
    </Dialog>
  );
}
