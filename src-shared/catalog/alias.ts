import type { Effort } from './models.ts';

export interface ResolvedModel {
  /** The name that the upstream knows. */
  readonly model: string;
  readonly effort: Effort | null;
  readonly serviceTier: string | null;
  /** True where the client asked by another name, which is the one to echo. */
  readonly aliased: boolean;
}

const efforts: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/**
 * Finds the model behind the name that a client asked for: the person's own aliases first, then the name itself, then
 * the name without a suffix for effort (`-high`) and for speed (`-fast`), in either order. Names are case-sensitive
 * (FAULTS C-06). `null` where no model is meant.
 */
export function resolveModel(
  asked: string,
  known: (model: string) => boolean,
  aliases: Readonly<Record<string, string>>,
): ResolvedModel | null {
  const found = search(asked, { known, aliases }, new Set());
  if (found === null) return null;
  const { model, effort, fast } = found;
  return { model, effort, serviceTier: fast ? 'priority' : null, aliased: model !== asked };
}

interface Named {
  readonly model: string;
  readonly effort: Effort | null;
  readonly fast: boolean;
}

interface Names {
  readonly known: (model: string) => boolean;
  readonly aliases: Readonly<Record<string, string>>;
}

function search(asked: string, names: Names, followed: ReadonlySet<string>): Named | null {
  let name = asked;
  let effort: Effort | null = null;
  let fast = false;
  for (;;) {
    const found = exact(name, names, followed);
    // A suffix that was asked for wins over what an alias brings along.
    if (found !== null) return { model: found.model, effort: effort ?? found.effort, fast: fast || found.fast };
    const dash = name.lastIndexOf('-');
    const suffix = name.slice(dash + 1);
    const named = efforts.find((each) => each === suffix);
    if (dash <= 0) return null;
    if (suffix === 'fast' && !fast) fast = true;
    else if (named !== undefined && effort === null) effort = named;
    else return null;
    name = name.slice(0, dash);
  }
}

function exact(name: string, names: Names, followed: ReadonlySet<string>): Named | null {
  const target = Object.hasOwn(names.aliases, name) && !followed.has(name) ? names.aliases[name] : undefined;
  const found = target === undefined ? null : search(target, names, new Set([...followed, name]));
  if (found !== null) return found;
  return names.known(name) ? { model: name, effort: null, fast: false } : null;
}
