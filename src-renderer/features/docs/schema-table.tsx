import type { JsonSchema } from './open-api.ts';
import { membersOf, namedIn, typeInWords } from './schema-words.ts';

interface SchemaTableProps {
  readonly schema: JsonSchema;
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  /** Names above this one: a schema that holds itself is not opened again. */
  readonly above?: readonly string[];
}

/** The members of a schema with their types and bounds; what is deeper opens on demand. */
export function SchemaTable({ schema, schemas, above = [] }: SchemaTableProps) {
  const name = namedIn(schema);
  const whole = name === null ? schema : (schemas[name] ?? schema);
  const members = membersOf(whole);
  const path = name === null ? above : [...above, name];
  if (members === null) return <p className="px-3 py-1.5 text-muted">{typeInWords(whole)}</p>;
  const required = new Set(members.required ?? []);
  return (
    <ul className="divide-y divide-line">
      {Object.entries(members.properties ?? {}).map(([member, of]) => (
        <li key={member} className="px-3 py-1.5">
          <div className="flex flex-wrap items-baseline gap-x-2">
            <code className="font-mono text-sm font-medium">{member}</code>
            <span className="min-w-0 text-sm break-words text-muted">{typeInWords(of)}</span>
            {required.has(member) && <span className="text-xs text-faint">always</span>}
            {of.default !== undefined && of.default !== null && (
              <span className="text-sm break-all text-muted">default {JSON.stringify(of.default)}</span>
            )}
          </div>
          {of.description !== undefined && <p className="text-sm text-muted">{of.description}</p>}
          <Deeper schema={of} schemas={schemas} above={path} />
        </li>
      ))}
    </ul>
  );
}

function Deeper({ schema, schemas, above }: Required<SchemaTableProps>) {
  const name = namedIn(schema);
  const whole = name === null ? schema : schemas[name];
  if (whole === undefined || membersOf(whole) === null || (name !== null && above.includes(name))) return null;
  return (
    <details className="mt-1">
      <summary className="w-fit text-sm text-accent">{name ?? 'Its members'}</summary>
      <div className="mt-1 rounded-md border border-line">
        <SchemaTable schema={schema} schemas={schemas} above={above} />
      </div>
    </details>
  );
}
