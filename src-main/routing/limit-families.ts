import { PLAN_FAMILY } from '../accounts/account.ts';

/** The family of a limit that holds for one model alone and has no name upstream. */
export const modelFamily = (model: string): string => `model ${model}`;

/** Which limits a model counts against. */
export interface LimitFamilies {
  of(model: string): readonly string[];
  /** The upstream named the family that a model counts against. */
  learn(model: string, family: string): void;
}

export interface StoredFamily {
  readonly model: string;
  readonly family: string;
}

export interface LimitFamiliesPorts {
  readonly memory: readonly StoredFamily[];
  readonly changed: (learned: StoredFamily) => void;
}

const MOST = 1_000;

/**
 * Every model counts against its account's plan, until the upstream says that it has a family of its own: then the plan's limit
 * is none of its business (FAULTS U-03).
 */
export function createLimitFamilies({ memory, changed }: LimitFamiliesPorts): LimitFamilies {
  const own = new Map(memory.map(({ model, family }) => [model, family]));
  const known = new Map<string, readonly string[]>();
  return {
    of(model) {
      const families = known.get(model) ?? [own.get(model) ?? PLAN_FAMILY, modelFamily(model)];
      if (known.size < MOST) known.set(model, families);
      return families;
    },
    learn(model, family) {
      if ((own.get(model) ?? PLAN_FAMILY) === family || own.size >= MOST) return;
      own.set(model, family);
      known.delete(model);
      changed({ model, family });
    },
  };
}
