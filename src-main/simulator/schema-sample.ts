import { isObject, type JsonObject, listOr, objectOr } from './json-object.ts';

const formats: Readonly<Record<string, string>> = {
  date: '2026-11-23',
  'date-time': '2026-11-23T00:00:00Z',
  time: '00:00:00Z',
  email: 'someone@example.test',
  uri: 'https://example.test/',
  uuid: '00000000-0000-4000-8000-000000000000',
};

/** A value that is valid against a JSON schema: always the same one, the smallest that shows every property. */
export function sampleOf(schema: unknown): unknown {
  return sample(schema, objectOr(schema), 0);
}

function sample(value: unknown, root: JsonObject, depth: number): unknown {
  const schema = objectOr(value);
  if ('const' in schema) return schema['const'];
  const options = listOr(schema['enum']);
  if (options.length > 0) return options[0];
  if (typeof schema['$ref'] === 'string')
    return depth > 8 ? null : sample(resolve(schema['$ref'], root), root, depth + 1);
  const branches = [...listOr(schema['anyOf']), ...listOr(schema['oneOf'])];
  if (branches.length > 0) return sample(depth > 6 ? shallow(branches) : branches[0], root, depth + 1);
  const all = listOr(schema['allOf']);
  if (all.length > 0) return Object.assign({}, ...all.map((part) => sample(part, root, depth + 1)));
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  switch (type) {
    case 'string':
      return sampleText(schema);
    case 'integer':
    case 'number':
      return sampleNumber(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'array': {
      const least = typeof schema['minItems'] === 'number' ? schema['minItems'] : depth > 6 ? 0 : 1;
      return Array.from({ length: least }, () => sample(schema['items'], root, depth + 1));
    }
    default:
      return Object.fromEntries(
        Object.entries(objectOr(schema['properties'])).map(([name, part]) => [name, sample(part, root, depth + 1)]),
      );
  }
}

/** The branch that ends a recursion soonest. */
const shallow = (branches: readonly unknown[]): unknown =>
  branches.find((branch) => isObject(branch) && branch['type'] === 'null') ?? branches.at(-1);

function sampleText(schema: JsonObject): string {
  const formatted = formats[String(schema['format'])];
  if (formatted !== undefined) return formatted;
  const least = typeof schema['minLength'] === 'number' ? schema['minLength'] : 0;
  const most = typeof schema['maxLength'] === 'number' ? schema['maxLength'] : Number.POSITIVE_INFINITY;
  return 'text'.padEnd(least, '.').slice(0, most);
}

function sampleNumber(schema: JsonObject): number {
  if (typeof schema['minimum'] === 'number') return schema['minimum'];
  if (typeof schema['exclusiveMinimum'] === 'number') return schema['exclusiveMinimum'] + 1;
  return typeof schema['maximum'] === 'number' ? Math.min(1, schema['maximum']) : 1;
}

function resolve(reference: string, root: JsonObject): unknown {
  return reference
    .replace(/^#\/?/, '')
    .split('/')
    .filter((step) => step !== '')
    .reduce<unknown>((at, step) => objectOr(at)[step], root);
}
