/** What stands where something else is expected. */
const odd: readonly unknown[] = [
  ...[null, true, -1, 0, 1.5, 1e300, '', 'x', '\u0000', '\ud800', '__proto__', 'function', 'response.completed'],
  ...[[], [null], {}, { type: 'message' }, [{}], 'é\n"\\'],
];
const alphabet = '{}[]":,\\ntruefalse0123456789-.eE \n\u0000é';

type Container = Record<string, unknown> | unknown[];

/** JSON of the same kind as `seed` with one thing changed: a value, a member, or characters, after which it may be no JSON. */
export function mutated(seed: unknown, random: () => number): string {
  const below = (limit: number): number => Math.floor(random() * limit);
  const text = JSON.stringify(seed);
  const at = below(text.length);
  switch (below(8)) {
    case 0:
      return text.slice(0, at) + alphabet[below(alphabet.length)]! + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + text.slice(at + below(20));
    case 2:
      return text.slice(0, at);
    default: {
      const copy: unknown = JSON.parse(text);
      const places = containers(copy);
      const place = places[below(places.length)];
      const value = below(4) === 0 ? places[below(places.length)] : odd[below(odd.length)];
      if (place === undefined) return JSON.stringify(value) ?? 'null';
      const names = Object.keys(place);
      const name = names[below(names.length)] ?? 'type';
      // A copy: a value may be put into itself.
      const json = JSON.stringify(value);
      if (below(6) === 0) Reflect.deleteProperty(place, name);
      else Reflect.set(place, name, JSON.parse(json));
      return JSON.stringify(copy);
    }
  }
}

function containers(value: unknown, found: Container[] = []): Container[] {
  if (typeof value !== 'object' || value === null) return found;
  found.push(value as Container);
  for (const each of Object.values(value)) containers(each, found);
  return found;
}
