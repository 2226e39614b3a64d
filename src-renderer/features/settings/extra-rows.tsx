import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { messageOf } from '../../api/client.ts';
import { desktopBridge } from '../../api/desktop-bridge.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { eraseBodies, getKeptBodies } from '../../api/settings-requests.ts';
import { Button } from '../../components/button.tsx';
import { Code } from '../../components/code.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Notice } from '../../components/notice.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { say } from '../../components/said.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { formatBytes, formatCount } from '../../format/figures.ts';
import { useStatus } from '../overview/use-status.ts';
import { themes, useTheme } from '../shell/theme.ts';
import { AppActions } from './app-actions.tsx';

/** The frame of what is set or done here and is no setting of the contract. */
export function ExtraRow({ title, about, children }: { title: string; about: ReactNode; children?: ReactNode }) {
  return (
    <div className="grid gap-x-8 gap-y-2 px-4 py-3 md:grid-cols-[minmax(0,1fr)_18rem]">
      <div className="min-w-0">
        <h3 className="font-medium">{title}</h3>
        <div className="max-w-2xl text-muted">{about}</div>
      </div>
      <div className="min-w-0 md:justify-self-end">{children}</div>
    </div>
  );
}

export function AddressRow() {
  const url = useStatus().data?.url;
  return (
    <ExtraRow
      title="Address and port"
      about={
        <>
          Where Relay listens is said when it is started, and changing it needs a restart:{' '}
          <Code>relay serve --port 4200</Code> or <Code>RELAY_PORT</Code>, and <Code>--bind</Code> with{' '}
          <Code>--tls self-signed</Code> for other machines.
        </>
      }
    >
      {url !== undefined && (
        <p className="flex items-center gap-1">
          <code className="truncate font-mono text-sm">{url}</code>
          <CopyButton text={url} label="Copy the address" />
        </p>
      )}
    </ExtraRow>
  );
}

export function ThemeRow() {
  const [theme, setTheme] = useTheme();
  return (
    <ExtraRow title="Theme" about="Of this browser or window. System follows what your desktop is set to.">
      <Tabs label="Colours" names={themes} value={theme} onChange={setTheme} />
    </ExtraRow>
  );
}

/** The app's own: in a browser it says where they are. */
export function AppRow() {
  const desktop = desktopBridge();
  const status = useStatus().data;
  return (
    <ExtraRow
      title="Updates and folders"
      about={
        desktop !== null
          ? 'Relay ends its running calls before it starts a new version.'
          : status?.desktop === true
            ? 'They are in the window of the app; this is a browser.'
            : 'Relay runs without its desktop app now. What is set here and under Notifications counts once the app is started.'
      }
    >
      {desktop !== null && <AppActions desktop={desktop} />}
    </ExtraRow>
  );
}

/** How much of prompts and answers is kept, and its end. */
export function KeptBodiesRow() {
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const kept = useQuery({ queryKey: queryKeys.keptBodies, queryFn: getKeptBodies, staleTime: 0 });
  const erase = useMutation({
    mutationFn: eraseBodies,
    onSuccess: ({ erased }) => {
      setAsking(false);
      say(erased === 1 ? 'Erased what was kept of 1 call.' : `Erased what was kept of ${formatCount(erased)} calls.`);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.keptBodies }),
  });
  const view = kept.data;
  return (
    <ExtraRow
      title="Captured bodies"
      about={
        <>
          None are kept unless a key asks for it. {view === undefined && kept.isError && messageOf(kept.error)}
          {view !== undefined && (
            <>
              {view.calls === 0
                ? 'None are kept now.'
                : `Kept now: ${formatCount(view.calls)} ${view.calls === 1 ? 'call' : 'calls'}, ${formatBytes(view.bytes)}`}
              {view.oldestAt !== null && (
                <>
                  , the oldest from <RelativeTime at={view.oldestAt} />
                </>
              )}
              {view.calls > 0 && '.'}
              {view.dropped > 0 && ` ${formatCount(view.dropped)} could not be kept since Relay started.`}
            </>
          )}
        </>
      }
    >
      <Button look="danger" disabled={view === undefined || view.calls === 0} onClick={() => setAsking(true)}>
        Erase all…
      </Button>
      {asking && (
        <Dialog title="Erase all captured bodies" onClose={() => setAsking(false)}>
          <div className="grid gap-4">
            <p>
              The prompts and answers of {formatCount(view?.calls ?? 0)} calls go for good. The calls themselves and
              their figures stay.
            </p>
            {erase.isError && <Notice kind="error">{messageOf(erase.error)}</Notice>}
            <div className="flex justify-end gap-2">
              <Button onClick={() => setAsking(false)}>Cancel</Button>
              <Button look="danger" disabled={erase.isPending} onClick={() => erase.mutate()}>
                Erase for good
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </ExtraRow>
  );
}
