import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import type { KeyView } from '../../../src-shared/contract/key.ts';
import { AsOf } from '../../components/as-of.tsx';
import { Button } from '../../components/button.tsx';
import type { MenuItem } from '../../components/menu.tsx';
import { EmptyState, ErrorState, Page } from '../../components/page.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { SkeletonRows } from '../../components/skeleton.tsx';
import { type KeyDialog, KeyDialogs } from './key-dialogs.tsx';
import { KeyList } from './key-list.tsx';
import { KeyPanel } from './key-panel.tsx';
import { endOf, matchesKey } from './key-state.ts';
import { useKeyUse, useLiveKeys } from './use-keys.ts';

export function KeysPage() {
  const keys = useLiveKeys();
  const use = useKeyUse().data?.use ?? {};
  const [, navigate] = useLocation();
  const given = new URLSearchParams(useSearch());
  const openId = given.get('open');
  const [text, setText] = useState('');
  const [ended, setEnded] = useState(false);
  const [chosen, setDialog] = useState<KeyDialog | null>(null);
  const dialog: KeyDialog | null = chosen ?? (given.has('new') ? { what: 'create' } : null);
  const closeDialog = () => {
    setDialog(null);
    if (given.has('new')) navigate('/keys', { replace: true });
  };
  const list = keys.data?.keys;
  const now = Date.now();
  const living = list?.filter((key) => ended || endOf(key, now) === null) ?? [];
  const shown = living.filter((key) => matchesKey(key, text)).reverse();
  const open = list?.find(({ id }) => id === openId);
  const gone = (list?.length ?? 0) - (list?.filter((key) => endOf(key, now) === null).length ?? 0);

  const menuOf = (key: KeyView): MenuItem[][] => {
    const opens = (name: string, what: 'edit' | 'rotate' | 'revoke', danger = false): MenuItem => ({
      name,
      danger,
      onSelect: () => setDialog({ what, id: key.id }),
    });
    const calls = { name: 'Its calls', onSelect: () => navigate(`/calls?keyId=${encodeURIComponent(key.id)}`) };
    if (endOf(key, now) !== null) return [[calls]];
    return [[opens('Edit…', 'edit'), opens('Rotate…', 'rotate')], [calls], [opens('Revoke…', 'revoke', true)]];
  };
  const createButton = (
    <Button look="primary" onClick={() => setDialog({ what: 'create' })}>
      <Plus size={15} aria-hidden />
      Create key
    </Button>
  );
  return (
    <Page
      title="Keys"
      fill
      note={list === undefined ? undefined : <AsOf at={keys.dataUpdatedAt} />}
      actions={
        <>
          {list !== undefined && list.length > 0 && (
            <SearchField label="Name, project, member, client" value={text} onChange={setText} />
          )}
          <span className="ml-auto" />
          {createButton}
        </>
      }
    >
      <div className="relative flex min-h-0 flex-1">
        <div className="grid min-w-0 flex-1 content-start gap-3 overflow-y-auto p-4 sm:p-5">
          {list === undefined && keys.isPending && <SkeletonRows what="keys" />}
          {list === undefined && keys.isError && <ErrorState error={keys.error} onRetry={() => void keys.refetch()} />}
          {list?.length === 0 && (
            <EmptyState title="No keys yet">
              <p>A client needs a Relay key. Make one for each client or machine, so that you can revoke it alone.</p>
              {createButton}
            </EmptyState>
          )}
          {list !== undefined && list.length > 0 && shown.length === 0 && (
            <EmptyState title={text === '' ? 'All keys are revoked or expired' : 'No key matches'}>
              {text !== '' && <Button onClick={() => setText('')}>Clear the search</Button>}
            </EmptyState>
          )}
          {shown.length > 0 && (
            <KeyList
              keys={shown}
              use={use}
              openId={openId}
              onOpen={(id) => navigate(`/keys?open=${encodeURIComponent(id)}`)}
              menuOf={menuOf}
            />
          )}
          {gone > 0 && (
            <label className="flex cursor-pointer items-center gap-2 justify-self-start text-muted">
              <input type="checkbox" checked={ended} onChange={(event) => setEnded(event.target.checked)} />
              Also the {gone} revoked or expired
            </label>
          )}
        </div>
        {open !== undefined && (
          <KeyPanel
            key={open.id}
            keyView={open}
            use={use[open.id]}
            menu={menuOf(open)}
            onClose={() => navigate('/keys')}
          />
        )}
      </div>
      <KeyDialogs dialog={dialog} keys={list ?? []} onClose={closeDialog} />
    </Page>
  );
}
