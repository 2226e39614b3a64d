import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { periodStart } from '../../../src-shared/domain/period.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { getUsage } from '../../api/usage-requests.ts';
import { AsOf } from '../../components/as-of.tsx';
import { Button } from '../../components/button.tsx';
import { EmptyState, ErrorState, Page } from '../../components/page.tsx';
import { SkeletonRows } from '../../components/skeleton.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { useKeys } from '../keys/use-keys.ts';
import { CreateBudget } from './budget-form.tsx';
import { SubjectList } from './subject-list.tsx';
import { SubjectPanel } from './subject-panel.tsx';
import { type SubjectScope, subjectRows } from './subject-rows.ts';
import { useBudgets } from './use-budgets.ts';

const scopes = { project: 'Projects', member: 'Members' } as const;
const periods = { day: 'Today', week: 'This week', month: 'This month' } as const;
type Shown = keyof typeof periods;

const isShown = (text: string | null): text is Shown => text !== null && Object.hasOwn(periods, text);
const usageAgainMs = 10_000;

export function ProjectsPage() {
  const [, navigate] = useLocation();
  const given = new URLSearchParams(useSearch());
  const scope: SubjectScope = given.get('by') === 'member' ? 'member' : 'project';
  const period = given.get('period');
  const shown = isShown(period) ? period : 'month';
  const openName = given.get('open');
  const [creating, setCreating] = useState(false);
  const usage = useSubjectUsage(scope, shown);
  const budgets = useBudgets();
  const keys = useKeys();
  const go = (change: Record<string, string | null>) => {
    const next = new URLSearchParams(given);
    for (const [name, value] of Object.entries(change)) {
      if (value === null) next.delete(name);
      else next.set(name, value);
    }
    navigate(next.size === 0 ? '/projects' : `/projects?${next}`);
  };
  const failed = [usage, budgets, keys].find((query) => query.isError && query.data === undefined);
  const rows =
    usage.data === undefined || budgets.data === undefined || keys.data === undefined
      ? null
      : subjectRows(scope, usage.data, budgets.data.budgets, keys.data.keys);
  const named = rows?.some(({ name }) => name !== null) === true;
  const createButton = (
    <Button look="primary" onClick={() => setCreating(true)}>
      <Plus size={15} aria-hidden />
      Create budget
    </Button>
  );
  return (
    <Page
      title="Projects"
      fill
      note={usage.data === undefined ? undefined : <AsOf at={usage.dataUpdatedAt} />}
      actions={
        <>
          <Tabs
            label="Whose"
            names={scopes}
            value={scope}
            onChange={(by) => go({ by: by === 'project' ? null : by, open: null })}
          />
          <span className="ml-auto" />
          <span className="max-sm:hidden">{createButton}</span>
        </>
      }
    >
      <div className="relative flex min-h-0 flex-1">
        <div className="grid min-w-0 flex-1 content-start gap-3 overflow-y-auto p-4 sm:p-5">
          <Tabs
            label="Used"
            names={periods}
            value={shown}
            onChange={(next) => go({ period: next === 'month' ? null : next })}
          />
          {failed !== undefined && <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />}
          {rows === null && failed === undefined && <SkeletonRows what={scopes[scope].toLowerCase()} />}
          {rows !== null && !named && (
            <EmptyState title={`No ${scopes[scope].toLowerCase()} yet`}>
              <p>
                Name a {scope} in a key, and its calls are counted here. A budget can also be made first: it holds for
                every key that names the {scope}.
              </p>
              {createButton}
            </EmptyState>
          )}
          {rows !== null && named && (
            <SubjectList
              title={scope === 'project' ? 'Project' : 'Member'}
              noOne={scope === 'project' ? 'Without a project' : 'Without a member'}
              rows={rows}
              openName={openName}
              onOpen={(name) => go({ open: name })}
            />
          )}
        </div>
        {openName !== null && (
          <SubjectPanel
            key={`${scope} ${openName}`}
            scope={scope}
            name={openName}
            row={rows?.find(({ name }) => name === openName)}
            onClose={() => go({ open: null })}
          />
        )}
      </div>
      {creating && <CreateBudget scope={scope} subject="" onClose={() => setCreating(false)} />}
    </Page>
  );
}

/** What each used since the period began, on this machine's calendar. */
function useSubjectUsage(scope: SubjectScope, shown: Shown) {
  return useQuery({
    queryKey: queryKeys.usage('subjects', `${scope} ${shown}`),
    queryFn: ({ signal }) => {
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
      const from = periodStart(Date.now(), shown, timeZone);
      return getUsage(new URLSearchParams({ by: scope, grain: 'total', from: String(from) }), signal);
    },
    placeholderData: (previous, before) => (before?.queryKey[2]?.toString().startsWith(scope) ? previous : undefined),
    refetchInterval: usageAgainMs,
  });
}
