/** The part of JSON Schema that Relay's OpenAPI document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

const hostile: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    -1,
    1e308,
    9_007_199_254_740_991,
    '',
    ' ',
    '\u0000',
    '\ud800',
    '‮',
    '../../etc/passwd',
    'x'.repeat(5_000),
  ],
  ...[
    "' OR 1=1--",
    '%%%%_%',
    '<img src=x onerror=alert(1)>',
    '=HYPERLINK("x")',
    '__proto__',
    'constructor',
    [],
    {},
    [[[[]]]],
  ],
];

/** Values of a schema, most of them valid, each with a chance of `wild` to be something else at any place. */
export function schemaValue(
  schema: Schema,
  schemas: Readonly<Record<string, Schema>>,
  random: () => number,
  wild: number,
  depth = 0,
): unknown {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const inner = (each: Schema): unknown => schemaValue(each, schemas, random, wild, depth + 1);
  if (random() < wild) return pick(hostile);
  if (depth > 8) return null;
  if (schema.$ref !== undefined) return inner(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return pick(schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return inner(pick(choices));
  if (schema.allOf !== undefined) return Object.assign({}, ...schema.allOf.map(inner));
  switch (typeof schema.type === 'string' ? schema.type : pick(schema.type ?? ['object', 'string', 'number'])) {
    case 'object': {
      const names = Object.keys(schema.properties ?? {}).filter(
        (name) => schema.required?.includes(name) === true || random() < 0.4,
      );
      const more = random() < wild ? { [String(pick(hostile))]: pick(hostile) } : {};
      const own = Object.fromEntries(names.map((name) => [name, inner(schema.properties?.[name] ?? {})]));
      const others =
        typeof schema.additionalProperties === 'object'
          ? { [`k${Math.floor(random() * 9)}`]: inner(schema.additionalProperties) }
          : {};
      return { ...own, ...others, ...more };
    }
    case 'array':
      return Array.from({ length: Math.floor(random() * 4) }, () => inner(schema.items ?? {}));
    case 'integer':
    case 'number': {
      const [low, high] = [schema.minimum ?? 0, Math.min(schema.maximum ?? 1_000, 1e12)];
      const value = low + random() * (high - low);
      return schema.type === 'integer' ? Math.floor(value) : value;
    }
    case 'boolean':
      return random() < 0.5;
    case 'null':
      return null;
    default:
      return 'text of some length'.repeat(1 + Math.floor(random() * 3)).slice(0, schema.maxLength ?? 60);
  }
}
