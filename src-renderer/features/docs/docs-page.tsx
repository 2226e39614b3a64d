import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { ArrowLeft } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Link, useParams } from 'wouter';
import { clientBaseUrl } from '../../api/client-base-url.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState, ErrorState, LoadingState, Page } from '../../components/page.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { useShortcuts } from '../shell/use-shortcuts.ts';
import { ClientRecipes } from './client-recipes.tsx';
import { DocsContents } from './docs-contents.tsx';
import { foundDocs } from './found-docs.ts';
import { guides } from './guides.ts';
import { Markdown } from './markdown.tsx';
import { type ApiOperation, getOpenApi, type OpenApi, operationsOf } from './open-api.ts';
import { OperationDoc } from './operation-doc.tsx';

/** Guides, recipes for clients, and every endpoint of this Relay as it describes itself. */
export function DocsPage() {
  const { id } = useParams<{ id?: string }>();
  const [text, setText] = useState('');
  const field = useRef<HTMLElement>(null);
  const shown = useRef<HTMLDivElement>(null);
  const api = useQuery({ queryKey: ['openapi'], queryFn: getOpenApi, staleTime: Number.POSITIVE_INFINITY });
  useShortcuts('docs', { search: () => field.current?.querySelector('input')?.focus() });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page of them begins at its top
  useEffect(() => {
    const part = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
    if (part === null) shown.current?.scrollTo({ top: 0 });
    else part.scrollIntoView();
  }, [id, api.data]);
  const operations = api.data === undefined ? [] : operationsOf(api.data);
  const contents = (
    <DocsContents
      openId={id ?? null}
      operations={operations}
      tags={api.data?.tags ?? []}
      found={text.trim() === '' ? null : foundDocs(text, operations, guides)}
      onClear={() => setText('')}
    />
  );
  const home = id === undefined;
  return (
    <Page
      title="Docs"
      note={api.data === undefined ? undefined : `Relay ${api.data.info.version}`}
      fill
      actions={
        <span ref={field} className="ml-auto flex min-w-0 sm:w-72">
          <SearchField label="Search the docs" value={text} onChange={setText} />
        </span>
      }
    >
      <div className="flex min-h-0 flex-1">
        <aside
          aria-label="Contents"
          className={`w-72 shrink-0 overflow-y-auto border-r border-line px-3 py-3 max-lg:w-full max-lg:border-r-0 ${home || text.trim() !== '' ? '' : 'max-lg:hidden'}`}
        >
          {contents}
        </aside>
        <div
          ref={shown}
          className={`min-w-0 flex-1 overflow-y-auto p-4 sm:px-8 sm:py-6 ${home || text.trim() !== '' ? 'max-lg:hidden' : ''}`}
        >
          <Link href="/docs" className="mb-3 inline-flex items-center gap-1.5 text-accent lg:hidden">
            <ArrowLeft size={14} aria-hidden />
            All docs
          </Link>
          <Shown openId={id ?? null} operations={operations} api={api} />
        </div>
      </div>
    </Page>
  );
}

interface ShownProps {
  readonly openId: string | null;
  readonly operations: readonly ApiOperation[];
  readonly api: UseQueryResult<OpenApi>;
}

function Shown({ openId, operations, api }: ShownProps): ReactNode {
  const guide = guides.find((one) => one.id === openId) ?? (openId === null ? guides[0] : undefined);
  if (guide !== undefined) {
    return (
      <article>
        <h2 className="text-xl font-semibold tracking-tight">{guide.title}</h2>
        <Markdown tokens={guide.tokens} />
      </article>
    );
  }
  if (openId === 'recipes') return <ClientRecipes base={clientBaseUrl(api.data?.servers[0]?.url ?? location.origin)} />;
  if (api.data === undefined) {
    return api.isError ? <ErrorState error={api.error} onRetry={() => void api.refetch()} /> : <LoadingState />;
  }
  const operation = operations.find(({ operationId }) => operationId === openId);
  if (operation !== undefined) return <OperationDoc operation={operation} api={api.data} />;
  return (
    <EmptyState title="There is no such page in the docs">
      <p>It may be of another version of Relay.</p>
      <Link href="/docs">
        <Button>Go to the first one</Button>
      </Link>
    </EmptyState>
  );
}
