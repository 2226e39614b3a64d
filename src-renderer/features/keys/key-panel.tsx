import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { KeyUseView, KeyView } from '../../../src-shared/contract/key.ts';
import { formatTokens } from '../../../src-shared/format/tokens.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { getUsage } from '../../api/usage-requests.ts';
import { Fact } from '../../components/fact.tsx';
import { Menu, type MenuItem } from '../../components/menu.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { SidePanel } from '../../components/side-panel.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useNow } from '../../components/use-now.ts';
import { formatCount, formatDuration, formatMoney, formatShare, unknown } from '../../format/figures.ts';
import { useAccounts } from '../accounts/use-accounts.ts';
import { endOf, graceOf, scopesOf } from './key-state.ts';
import { KeyUseBars } from './key-use-bars.tsx';

interface KeyPanelProps {
  readonly keyView: KeyView;
  readonly use: KeyUseView | undefined;
  readonly menu: MenuItem[][];
  readonly onClose: () => void;
}

/** One key in full: what it may, what it uses now, and what it used. */
export function KeyPanel({ keyView: key, use, menu, onClose }: KeyPanelProps) {
  const now = useNow();
  const accounts = useAccounts().data?.accounts ?? [];
  const scopes = scopesOf(key, (id) => accounts.find((account) => account.id === id)?.label ?? id);
  const end = endOf(key, now);
  const grace = graceOf(key, now);
  return (
    <SidePanel title={key.name} onClose={onClose} actions={<Menu label={`More for ${key.name}`} groups={menu} />}>
      <div className="grid gap-5 p-4">
        <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-3 gap-y-1.5">
          <Fact name="Key">
            <code className="font-mono text-sm">{key.prefix}…</code>
          </Fact>
          <Fact name="State">
            {end ??
              (grace === null ? (
                'In use'
              ) : (
                <>
                  Rotated; the old secret ends <RelativeTime at={grace} fine />
                </>
              ))}
          </Fact>
          <Fact name="Project">{key.project ?? unknown}</Fact>
          <Fact name="Member">{key.member ?? unknown}</Fact>
          <Fact name="Created">
            <RelativeTime at={key.createdAt} />
          </Fact>
          <Fact name="Expires">{key.expiresAt === null ? 'never' : <RelativeTime at={key.expiresAt} fine />}</Fact>
          <Fact name="Last used">
            {key.lastUsedAt === null ? 'never' : <RelativeTime at={key.lastUsedAt} />}
            {key.lastClient !== null && <span className="text-muted"> · {key.lastClient}</span>}
          </Fact>
        </dl>
        <Section title="May do">
          {scopes.length === 0 ? (
            <p className="text-muted">Everything: all models, accounts and endpoints.</p>
          ) : (
            <ul className="grid gap-0.5">
              {scopes.map((scope) => (
                <li key={scope} className="break-words">
                  {scope}
                </li>
              ))}
            </ul>
          )}
        </Section>
        <Section title="Used now">
          {use === undefined ? (
            <p className="text-muted">It has no limits.</p>
          ) : (
            <KeyUseBars use={use} concurrency={key.concurrency} />
          )}
        </Section>
        <LastMonth keyId={key.id} />
      </div>
    </SidePanel>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid gap-1.5">
      <h3 className="font-semibold">{title}</h3>
      {children}
    </section>
  );
}

const month = 30 * 86_400_000;

/** What it used lately, and the ways to the rest. */
function LastMonth({ keyId }: { keyId: string }) {
  const usage = useQuery({
    queryKey: queryKeys.usage('key', keyId),
    queryFn: ({ signal }) =>
      getUsage(new URLSearchParams({ key: keyId, grain: 'total', from: String(Date.now() - month) }), signal),
    staleTime: 10_000,
  });
  const figures = usage.data?.totals;
  const shown = [
    ['Calls', formatCount(figures?.calls ?? null)],
    ['Failed', figures?.errorRate == null ? unknown : formatShare(figures.errorRate)],
    ['Tokens', figures === undefined ? unknown : formatTokens(figures.inputTokens + figures.outputTokens)],
    ['At API prices', formatMoney(figures?.costMicroUsd ?? null)],
    ['Spent', formatMoney(figures?.spentMicroUsd ?? null)],
    ['First output', formatDuration(figures?.ttftMs.p50 ?? null)],
  ] as const;
  return (
    <Section title="Last 30 days">
      <dl className="grid grid-cols-3 gap-px overflow-hidden rounded-lg border border-line bg-line">
        {shown.map(([name, text]) => (
          <div key={name} className="min-w-0 bg-surface px-3 py-2">
            <dt className="truncate text-sm text-muted">{name}</dt>
            <dd className="text-lg font-semibold">{usage.isPending ? <Skeleton className="my-1 h-4 w-12" /> : text}</dd>
          </div>
        ))}
      </dl>
      <p className="flex gap-4">
        <Link href={`/calls?keyId=${encodeURIComponent(keyId)}`} className="text-accent hover:underline">
          Its calls
        </Link>
        <Link href={`/usage?window=30d&key=${encodeURIComponent(keyId)}`} className="text-accent hover:underline">
          Its usage
        </Link>
      </p>
    </Section>
  );
}
