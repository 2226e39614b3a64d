import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FoundLogin } from '../../../src-shared/contract/sign-in.ts';
import { getFoundLogins, importFoundLogin } from '../../api/account-requests.ts';
import { messageOf } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { Button } from '../../components/button.tsx';
import { Code } from '../../components/code.tsx';
import { Notice } from '../../components/notice.tsx';
import { ErrorState, LoadingState } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { SharedLoginNotice } from './shared-login-notice.tsx';

/** Logins of the Codex CLI that are on this machine already. */
export function FoundLogins({ onDone, onSignIn }: { onDone: () => void; onSignIn: () => void }) {
  const queries = useQueryClient();
  const found = useQuery({ queryKey: queryKeys.foundLogins, queryFn: getFoundLogins, staleTime: 0 });
  const share = useMutation({
    mutationFn: (path: string) => importFoundLogin({ path, acceptShared: true }),
    onSuccess: onDone,
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.accounts }),
  });
  if (found.isPending) return <LoadingState />;
  if (found.isError) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  const { logins } = found.data;
  if (logins.length === 0) {
    return (
      <p className="text-muted">
        No login of the Codex CLI was found on this machine: Relay looks in <Code>CODEX_HOME</Code>,{' '}
        <Code>~/.codex</Code> and the setting <Code>accounts.codexHomes</Code>.
      </p>
    );
  }
  return (
    <div className="grid gap-3.5">
      {logins.some(isShared) && <SharedLoginNotice onSignIn={onSignIn} />}
      <ul className="divide-y divide-line rounded-md border border-line">
        {logins.map((login) => (
          <li key={login.path} className="flex flex-wrap items-center gap-x-3 gap-y-1.5 py-2 pr-2 pl-3">
            <Whose login={login} />
            {login.accountId === null ? (
              <Button disabled={share.isPending} onClick={() => share.mutate(login.path)}>
                {share.isPending && share.variables === login.path
                  ? 'Importing…'
                  : isShared(login)
                    ? 'Import and share'
                    : 'Import'}
              </Button>
            ) : (
              <span className="px-2 text-muted">In Relay already</span>
            )}
          </li>
        ))}
      </ul>
      {share.isError && <Notice kind="error">{messageOf(share.error)}</Notice>}
    </div>
  );
}

const isShared = ({ kind, accountId }: FoundLogin): boolean => kind === 'chatgpt' && accountId === null;

function Whose({ login: { kind, email, plan, path, lastRefreshAt } }: { login: FoundLogin }) {
  return (
    <div className="min-w-40 flex-1">
      <p className="truncate font-medium">
        {kind === 'openai' ? 'API key' : (email ?? 'ChatGPT login')}
        {plan !== null && <span className="ml-2 font-normal text-muted">{plan}</span>}
      </p>
      <p className="truncate text-sm text-muted" title={path}>
        <span className="font-mono">{path}</span>
      </p>
      {lastRefreshAt !== null && (
        <p className="text-sm text-faint">
          renewed <RelativeTime at={lastRefreshAt} />
        </p>
      )}
    </div>
  );
}
