import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Download, Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import type { ImportPlan } from '../../../src-shared/contract/portable.ts';
import { ApiError, messageOf } from '../../api/client.ts';
import { download } from '../../api/download.ts';
import { importSettings } from '../../api/settings-requests.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Notice } from '../../components/notice.tsx';
import { say } from '../../components/said.tsx';
import { ExtraRow } from './extra-rows.tsx';

export function ExportRow() {
  return (
    <ExtraRow
      title="Export"
      about="Settings, keys, budgets and how accounts are set up, as one file. No login, no API key and no call is in it."
    >
      <Button onClick={() => download('/api/export')}>
        <Download size={14} aria-hidden />
        Export settings
      </Button>
    </ExtraRow>
  );
}

export function BackupRow() {
  return (
    <ExtraRow
      title="Backup"
      about="A checked copy of the database of this moment, made while calls are served. Secrets are not in it; prompts and answers that were kept are."
    >
      <Button onClick={() => download('/api/backup')}>
        <Download size={14} aria-hidden />
        Download a backup
      </Button>
    </ExtraRow>
  );
}

interface Chosen {
  readonly name: string;
  readonly file: object;
  readonly plan: ImportPlan;
}

/** Shows what a file would change before anything is changed. */
export function ImportRow() {
  const queries = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const look = useMutation({
    mutationFn: async (given: File) => {
      const file = readFile(await given.text());
      return { name: given.name, file, plan: await importSettings(file, true) };
    },
    onSuccess: setChosen,
  });
  const take = useMutation({
    mutationFn: ({ file }: Chosen) => importSettings(file, false),
    onSuccess: () => {
      setChosen(null);
      say('Imported.');
    },
    onSettled: () => queries.invalidateQueries(),
  });
  return (
    <ExtraRow
      title="Import"
      about={
        <>
          What an export holds. You see what would change first. A file lets the keys in it use this Relay: import your
          own.
          {look.isError && (
            <div className="mt-2">
              <Notice kind="error">{messageOf(look.error)}</Notice>
            </div>
          )}
        </>
      }
    >
      <input
        ref={input}
        type="file"
        accept="application/json,.json"
        aria-label="File to import"
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          if (file !== undefined) look.mutate(file);
          event.target.value = '';
        }}
      />
      <Button disabled={look.isPending} onClick={() => input.current?.click()}>
        <Upload size={14} aria-hidden />
        Choose a file…
      </Button>
      {chosen !== null && (
        <Dialog title={`Import ${chosen.name}`} onClose={() => setChosen(null)}>
          <div className="grid gap-4">
            <PlanInWords plan={chosen.plan} />
            {take.isError && <Notice kind="error">{messageOf(take.error)}</Notice>}
            <div className="flex justify-end gap-2">
              <Button onClick={() => setChosen(null)}>Cancel</Button>
              <Button
                look="primary"
                disabled={take.isPending || changesNothing(chosen.plan)}
                onClick={() => take.mutate(chosen)}
              >
                Import
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </ExtraRow>
  );
}

function readFile(text: string): object {
  try {
    const file: unknown = JSON.parse(text);
    if (typeof file === 'object' && file !== null) return file;
  } catch {
    // Said below.
  }
  throw new ApiError(400, 'This is not a file that Relay has exported: it is not JSON.', null, null);
}

function PlanInWords({ plan }: { plan: ImportPlan }) {
  const { settings, accounts, keys, budgets } = plan;
  const lines: [string, readonly string[]][] = [
    ['Settings that change', settings],
    ['Accounts that change', accounts.changed],
    ['Keys that are added', keys.added],
    ['Keys that change', keys.changed],
    ['Budgets that are added', budgets.added === 0 ? [] : [String(budgets.added)]],
    ['Budgets that change', budgets.changed === 0 ? [] : [String(budgets.changed)]],
  ];
  return (
    <>
      {changesNothing(plan) ? (
        <p>Everything in it is here already: nothing would change.</p>
      ) : (
        <dl className="grid gap-2">
          {lines
            .filter(([, names]) => names.length > 0)
            .map(([title, names]) => (
              <div key={title}>
                <dt className="text-sm text-muted">{title}</dt>
                <dd className="break-words">{names.join(', ')}</dd>
              </div>
            ))}
        </dl>
      )}
      {accounts.missing.length > 0 && (
        <Notice kind="warning">
          Of these no login or key is here, so they are left out: {accounts.missing.join(', ')}. Add them under the same
          names, then import again.
        </Notice>
      )}
    </>
  );
}

const changesNothing = ({ settings, accounts, keys, budgets }: ImportPlan): boolean =>
  [settings, accounts.changed, keys.added, keys.changed].every((names) => names.length === 0) &&
  budgets.added + budgets.changed === 0;
