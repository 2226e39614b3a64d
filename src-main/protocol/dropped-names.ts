const listable = /^[A-Za-z0-9_.[\]-]{1,64}$/;
const limit = 32;

/** Parameters that an upstream cannot take, by the client's own names; ends up in a header and in the call's log. */
export interface DroppedNames {
  add(name: string): void;
  list(): string[];
}

/** Names come from the client's body, so odd ones read `other` and the list is bounded. */
export function createDroppedNames(): DroppedNames {
  const names = new Set<string>();
  return {
    add(name) {
      names.add(listable.test(name) && names.size < limit ? name : 'other');
    },
    list: () => [...names],
  };
}

/** Lists every field of `value` that carries something and is not among those `known`. */
export function dropUnknown(
  value: Record<string, unknown>,
  known: ReadonlySet<string>,
  prefix: string,
  dropped: DroppedNames,
): void {
  for (const [name, field] of Object.entries(value)) {
    if (!known.has(name) && carriesSomething(field)) dropped.add(prefix + name);
  }
}

const carriesSomething = (field: unknown): boolean =>
  field !== null && field !== undefined && !(Array.isArray(field) && field.length === 0);
