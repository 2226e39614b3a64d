import { type ReactNode, useState } from 'react';
import { CopyButton } from '../../components/copy-button.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { CodeBlock } from './markdown.tsx';
import { MethodSign } from './method-sign.tsx';
import { type ApiOperation, accessOf, type JsonSchema, type OpenApi, type Parameter } from './open-api.ts';
import { requestRecipes } from './request-recipes.ts';
import { SchemaTable } from './schema-table.tsx';
import { typeInWords } from './schema-words.ts';
import { canTry, TryIt } from './try-it.tsx';

const openedBy = {
  key: 'A Relay key: Authorization: Bearer, or x-api-key.',
  token: 'The API token that relay serve --json prints, or the session of this dashboard.',
  open: 'Anyone on this machine; no key, no session.',
} as const;

const languages = { curl: 'curl', python: 'Python', node: 'Node' } as const;

/** One endpoint in full: what it takes, what it answers, what it refuses, and lines that call it. */
export function OperationDoc({ operation, api }: { operation: ApiOperation; api: OpenApi }) {
  const [language, setLanguage] = useState<keyof typeof languages>('curl');
  const { method, path, summary, description, parameters, requestBody, responses } = operation;
  const { schemas } = api.components;
  const url = api.servers[0]?.url ?? '';
  const answers = Object.entries(responses).filter(([status]) => Number(status) < 400);
  const refusals = Object.entries(responses).filter(([status]) => Number(status) >= 400);
  const body = requestBody?.content['application/json'];
  return (
    <article className="max-w-[56rem]">
      <h2 className="text-xl font-semibold tracking-tight">{summary}</h2>
      <p className="mt-1.5 flex min-w-0 items-center gap-2">
        <MethodSign method={method} />
        <code className="min-w-0 font-mono break-all">{path}</code>
        <CopyButton text={`${url}${path}`} label="Copy the address" />
      </p>
      <p className="mt-2.5 max-w-[46rem]">{description}</p>
      <p className="mt-1.5 text-sm text-muted">
        <span className="font-medium">Opened by:</span> {openedBy[accessOf(operation)]}
      </p>
      <Part title="Recipe">
        <Tabs label="Language of the recipe" names={languages} value={language} onChange={setLanguage} />
        <CodeBlock text={requestRecipes(operation, url)[language]} />
      </Part>
      {canTry(operation) && (
        <Part title="Try it">
          <TryIt key={operation.operationId} operation={operation} />
        </Part>
      )}
      {(['path', 'query', 'header'] as const).map((place) => (
        <Parameters key={place} place={place} parameters={parameters.filter((one) => one.in === place)} />
      ))}
      {body !== undefined && (
        <Part title={requestBody?.required === true ? 'Body' : 'Body (may be left out)'}>
          <Framed schema={body.schema} schemas={schemas} />
          {body.example !== undefined && <CodeBlock text={JSON.stringify(body.example, null, 2)} />}
        </Part>
      )}
      {answers.map(([status, answer]) => (
        <Part key={status} title={`Answer ${status}`}>
          <p>{answer.description}</p>
          {Object.entries(answer.content ?? {}).map(([media, { schema }]) =>
            media === 'application/json' ? (
              <Framed key={media} schema={schema} schemas={schemas} />
            ) : (
              <p key={media} className="mt-1 text-muted">
                As <code className="font-mono text-sm">{media}</code>.
              </p>
            ),
          )}
        </Part>
      ))}
      {refusals.length > 0 && (
        <Part title="Refusals">
          <p className="text-muted">Each says in error.message what happened and what to do next.</p>
          <dl className="mt-2 grid grid-cols-[3rem_minmax(0,1fr)] gap-y-1">
            {refusals.map(([status, refusal]) => (
              <div key={status} className="contents">
                <dt className="font-mono text-sm">{status}</dt>
                <dd className="text-muted">{refusal.description}</dd>
              </div>
            ))}
          </dl>
        </Part>
      )}
    </article>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="mt-6">
      <h3 className="mb-2 font-semibold">{title}</h3>
      {children}
    </section>
  );
}

function Framed({ schema, schemas }: { schema: JsonSchema; schemas: Readonly<Record<string, JsonSchema>> }) {
  return (
    <div className="mt-2 rounded-md border border-line bg-surface">
      <p className="border-b border-line bg-well px-3 py-1 text-sm text-muted">{typeInWords(schema)}</p>
      <SchemaTable schema={schema} schemas={schemas} />
    </div>
  );
}

const placeNames = { path: 'In the path', query: 'In the query', header: 'Headers' } as const;

function Parameters({ place, parameters }: { place: keyof typeof placeNames; parameters: readonly Parameter[] }) {
  if (parameters.length === 0) return null;
  return (
    <Part title={placeNames[place]}>
      <ul className="divide-y divide-line rounded-md border border-line bg-surface">
        {parameters.map(({ name, required, description, schema, example }) => (
          <li key={name} className="px-3 py-1.5">
            <div className="flex flex-wrap items-baseline gap-x-2">
              <code className="font-mono text-sm font-medium">{name}</code>
              <span className="min-w-0 text-sm break-words text-muted">{typeInWords(schema)}</span>
              {required && <span className="text-xs text-faint">always</span>}
              {schema.default !== undefined && (
                <span className="text-sm text-muted">default {JSON.stringify(schema.default)}</span>
              )}
              {example !== undefined && <span className="text-sm break-all text-muted">such as {example}</span>}
            </div>
            {(description ?? schema.description) !== undefined && (
              <p className="text-sm text-muted">{description ?? schema.description}</p>
            )}
          </li>
        ))}
      </ul>
    </Part>
  );
}
