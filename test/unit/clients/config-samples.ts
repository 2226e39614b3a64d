import fc from 'fast-check';
import { tomlText } from '../../../src-main/clients/config-text/toml-text.ts';
import { yamlText } from '../../../src-main/clients/config-text/yaml-text.ts';

/** Names, values and comments with what trips an editor that goes by lines: quotes, marks of comments, brackets. */
const name = fc.constantFrom(
  'model',
  'name',
  'models',
  'features',
  'a-b',
  'provider',
  'x_1',
  'model_providers',
  'relay',
  'other',
);
const word = fc.constantFrom(
  'plain',
  'with # mark',
  'with // slashes',
  '[table]',
  'a = b',
  '"quoted"',
  'ü ✓',
  '',
  '- item',
  '{',
);
const scalar = fc.oneof(
  word.map((text) => JSON.stringify(text)),
  fc.integer({ min: -99, max: 99 }).map(String),
  fc.constantFrom('true', 'false'),
);
const note = fc.option(fc.integer({ min: 0, max: 99 }), { nil: null });
const eol = fc.constantFrom('\n', '\r\n');
const end = fc.boolean();

const joined = (lines: fc.Arbitrary<string[]>): fc.Arbitrary<string> =>
  fc.tuple(lines, eol, end).map(([all, mark, closed]) => all.join(mark) + (closed && all.length > 0 ? mark : ''));

const tomlLine = fc
  .tuple(
    fc.array(name, { minLength: 1, maxLength: 3 }),
    fc.oneof(scalar, inlineTable(), tomlList()),
    note,
    fc.constantFrom('', '  '),
  )
  .map(
    ([keys, value, comment, indent]) =>
      `${indent}${keys.join('.')} = ${value}${comment === null ? '' : `  # note ${comment}`}`,
  );
const tomlHead = fc
  .tuple(fc.array(name, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([keys, isList]) => (isList ? `[[${keys.join('.')}]]` : `[${keys.join('.')}]`));
const tomlNote = fc.oneof(
  fc.integer({ min: 0, max: 99 }).map((n) => `# note ${n}`),
  fc.constant(''),
);

function inlineTable(): fc.Arbitrary<string> {
  return fc
    .uniqueArray(fc.tuple(name, scalar), { maxLength: 2, selector: ([key]) => key })
    .map((all) => (all.length === 0 ? '{}' : `{ ${all.map(([key, value]) => `${key} = ${value}`).join(', ')} }`));
}

function tomlList(): fc.Arbitrary<string> {
  return fc.array(scalar, { maxLength: 2 }).map((all) => `[${all.join(', ')}]`);
}

const isValid =
  (format: { parse(text: string): unknown }) =>
  (text: string): boolean => {
    try {
      format.parse(text);
      return true;
    } catch {
      return false;
    }
  };

/** Whether the settings of the test have a place: a plain value where a table should be is refused, not edited. */
const hasRoom = (text: string): boolean => {
  const { model_providers: providers } = tomlText.parse(text) as { model_providers?: unknown };
  if (providers === undefined) return true;
  if (typeof providers !== 'object' || Array.isArray(providers)) return false;
  const relay: unknown = (providers as { relay?: unknown }).relay;
  return relay === undefined || (typeof relay === 'object' && !Array.isArray(relay));
};

export const tomlConfig: fc.Arbitrary<string> = joined(
  fc.array(fc.oneof({ arbitrary: tomlLine, weight: 3 }, tomlHead, tomlNote), { maxLength: 10 }),
)
  .filter(isValid(tomlText))
  .filter(hasRoom);

export const jsoncConfig: fc.Arbitrary<string> = joined(
  fc
    .tuple(
      fc.uniqueArray(
        fc.tuple(
          fc.constantFrom('model', 'theme', 'a b', 'rules', 'nested', 'models', 'provider'),
          fc.oneof(scalar, fc.constantFrom('[1, 2]', '[]', '{"deep": {"er": [null]}}', '{}')),
          note,
        ),
        { maxLength: 6, selector: ([key]) => key },
      ),
      fc.boolean(),
      fc.constantFrom('  ', '\t', '    '),
    )
    .map(([members, trailing, indent]) => [
      '{',
      ...members.map(([key, value, comment], index) => {
        const kept = key === 'models' ? '[{"title": "mine"}]' : key === 'provider' ? '{"other": {}}' : value;
        const comma = index < members.length - 1 || trailing ? ',' : '';
        return `${indent}${JSON.stringify(key)}: ${kept}${comma}${comment === null ? '' : ` // note ${comment}`}`;
      }),
      '}',
    ]),
);

export const yamlConfig: fc.Arbitrary<string> = joined(
  fc
    .uniqueArray(
      fc.tuple(
        fc.constantFrom('model', 'rules', 'models', 'dark', 'openai-api-base', 'text', 'env'),
        scalar,
        note,
        fc.constantFrom('', '  '),
      ),
      { maxLength: 6, selector: ([key]) => key },
    )
    .map((members) =>
      members.flatMap(([key, value, comment, indent]) => {
        const mark = comment === null ? '' : ` # note ${comment}`;
        if (key === 'models')
          return [
            `models:${mark}`,
            `${indent}- name: mine`,
            `${indent}  model: ${value}`,
            ...(comment === null ? [] : [`# note ${comment}`]),
          ];
        if (key === 'rules') return [`rules: [${value}, 2]${mark}`];
        if (key === 'text') return ['text: |', '  # not a comment', '  lines'];
        if (key === 'env') return ['env:', `  inner: ${value}${mark}`];
        return [`${key}: ${value}${mark}`];
      }),
    ),
).filter(isValid(yamlText));
