import type { ConfigText } from './config-text/config-text.ts';
import { type Setting, valueAt } from './setting-edit.ts';

/** What stands in a text where `settings` have the placeholder: the key that the client was given. */
export function findSecret(
  format: ConfigText,
  text: string,
  settings: readonly Setting[],
  placeholder: string,
): string | null {
  const content = format.parse(text);
  for (const { path, value, itemKey } of settings) {
    const there = valueAt(content, path);
    const name = itemKey === undefined ? null : valueAt(value, [itemKey]);
    const found =
      itemKey === undefined || !Array.isArray(there)
        ? there
        : there.find((item: unknown) => valueAt(item, [itemKey]) === name);
    const secret = within(value, found, placeholder);
    if (secret !== null) return secret;
  }
  return null;
}

function within(template: unknown, actual: unknown, placeholder: string): string | null {
  if (template === placeholder) return typeof actual === 'string' ? actual : null;
  if (typeof template !== 'object' || template === null) return null;
  for (const [name, inner] of Object.entries(template)) {
    const found = within(inner, valueAt(actual, [name]), placeholder);
    if (found !== null) return found;
  }
  return null;
}
