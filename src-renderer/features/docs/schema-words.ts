import { type JsonSchema, refName } from './open-api.ts';

/** The type of a value in a few words: "integer from 1 to 500", "one of ok, error", "list of Call, or null". */
export function typeInWords(schema: JsonSchema): string {
  const name = refName(schema);
  if (name !== null) return name;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return `one of ${schema.enum.map(String).join(', ')}`;
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return [...new Set(choices.map(typeInWords))].sort(nullLast).join(', or ');
  if (schema.allOf !== undefined) return schema.allOf.map(typeInWords).join(' and ');
  if (schema.items !== undefined) return `list of ${typeInWords(schema.items)}${itemsInWords(schema)}`;
  if (Array.isArray(schema.type)) return schema.type.join(', or ');
  if (typeof schema.additionalProperties === 'object' && schema.properties === undefined) {
    return `object of ${typeInWords(schema.additionalProperties)} by name`;
  }
  return `${String(schema.type ?? 'anything')}${boundsInWords(schema)}`;
}

const nullLast = (a: string, b: string): number => Number(a === 'null') - Number(b === 'null');

function boundsInWords({
  type,
  minimum,
  exclusiveMinimum,
  maximum,
  minLength,
  maxLength,
  pattern,
}: JsonSchema): string {
  const [from, to, what] =
    type === 'string' ? [minLength, maxLength, ' characters'] : [minimum ?? moreThan(exclusiveMinimum), maximum, ''];
  const range = [from === undefined ? '' : ` from ${figure(from)}`, to === undefined ? '' : ` to ${figure(to)}`].join(
    '',
  );
  const shape = pattern === undefined ? '' : ` like ${pattern}`;
  return range === '' ? shape : `${type === 'string' ? ',' : ''}${range}${what}${shape}`;
}

const moreThan = (bound: number | undefined): number | undefined => (bound === undefined ? undefined : bound + 1);
const figure = (value: number): string => value.toLocaleString('en-US');

const itemsInWords = ({ minItems, maxItems }: JsonSchema): string => {
  if (minItems === undefined && maxItems === undefined) return '';
  if (maxItems === undefined) return `, at least ${minItems} of them`;
  return `, ${minItems === undefined ? 'at most' : `${minItems} to`} ${figure(maxItems)} of them`;
};

/** The schema whose members are worth listing: of an object, of the items of a list, of the one choice that is no null. */
export function membersOf(schema: JsonSchema): JsonSchema | null {
  if (schema.properties !== undefined) return schema;
  if (schema.items !== undefined) return membersOf(schema.items);
  const choices = (schema.anyOf ?? schema.oneOf)?.filter(({ type }) => type !== 'null') ?? [];
  if (choices.length === 1 && choices[0] !== undefined) return membersOf(choices[0]);
  return typeof schema.additionalProperties === 'object' ? membersOf(schema.additionalProperties) : null;
}

/** The name of the schema that this one, its items or its one choice stand for. */
export function namedIn(schema: JsonSchema): string | null {
  const name = refName(schema);
  if (name !== null) return name;
  if (schema.items !== undefined) return namedIn(schema.items);
  const choices = (schema.anyOf ?? schema.oneOf)?.filter(({ type }) => type !== 'null') ?? [];
  return choices.length === 1 && choices[0] !== undefined ? namedIn(choices[0]) : null;
}
