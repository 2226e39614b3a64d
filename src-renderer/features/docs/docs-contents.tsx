import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Button } from '../../components/button.tsx';
import type { FoundDoc } from './found-docs.ts';
import { guides } from './guides.ts';
import { MethodSign } from './method-sign.tsx';
import type { ApiOperation } from './open-api.ts';

interface DocsContentsProps {
  readonly openId: string | null;
  readonly operations: readonly ApiOperation[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  /** `null` where nothing is looked for. */
  readonly found: readonly FoundDoc[] | null;
  readonly onClear: () => void;
}

/** All there is to read, or what was found of it. */
export function DocsContents({ openId, operations, tags, found, onClear }: DocsContentsProps) {
  if (found !== null) return <Found found={found} openId={openId} onClear={onClear} />;
  return (
    <nav aria-label="Docs" className="grid gap-4">
      <Group title="Guides">
        {guides.map(({ id, title }, at) => (
          <Entry key={id} id={id} here={openId === id || (openId === null && at === 0)}>
            {title}
          </Entry>
        ))}
        <Entry id="recipes" here={openId === 'recipes'}>
          Recipes for clients
        </Entry>
      </Group>
      {tags.map(({ name }) => (
        <Group key={name} title={name}>
          {operations
            .filter((operation) => operation.tags.includes(name))
            .map(({ operationId, method, summary }) => (
              <Entry key={operationId} id={operationId} here={openId === operationId}>
                <MethodSign method={method} />
                <span className="truncate">{summary}</span>
              </Entry>
            ))}
        </Group>
      ))}
    </nav>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h2 className="px-2 pb-1 text-sm font-medium text-muted">{title}</h2>
      <ul className="grid gap-px">{children}</ul>
    </section>
  );
}

const entryLook =
  'flex min-w-0 items-baseline gap-1 rounded-md px-2 py-1 transition-colors hover:bg-hover aria-[current=page]:bg-selected aria-[current=page]:font-medium';

function Entry({ id, here, children }: { id: string; here: boolean; children: ReactNode }) {
  return (
    <li className="min-w-0">
      <Link href={`/docs/${id}`} aria-current={here ? 'page' : undefined} className={entryLook}>
        {children}
      </Link>
    </li>
  );
}

function Found({
  found,
  openId,
  onClear,
}: Pick<DocsContentsProps, 'openId' | 'onClear'> & { found: readonly FoundDoc[] }) {
  return (
    <div className="grid gap-2">
      <p role="status" className="px-2 text-sm text-muted">
        {found.length === 0 ? 'Nothing in the docs has all of these words.' : `${found.length} found`}
      </p>
      {found.length === 0 && (
        <Button className="justify-self-start" onClick={onClear}>
          Clear the search
        </Button>
      )}
      <ul className="grid gap-px">
        {found.map(({ id, title, note, method }) => (
          <li key={id} className="min-w-0">
            <Link
              href={`/docs/${id}`}
              onClick={onClear}
              aria-current={openId === id ? 'page' : undefined}
              className={`${entryLook} flex-col`}
            >
              <span className="flex min-w-0 items-baseline gap-1">
                {method !== null && <MethodSign method={method} />}
                <span className="min-w-0 truncate">{title}</span>
              </span>
              <span
                className={`line-clamp-2 max-w-full text-sm break-words text-muted ${method === null ? '' : 'font-mono'}`}
              >
                {note}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
