/** The family of a plan's own windows (PROTOCOL 3.5). */
export const PLAN_FAMILY = 'codex';

/** The family of a limit that holds for one model alone and has no name upstream. */
export const modelFamily = (model: string): string => `model ${model}`;

/** Which limits a model counts against. */
export interface LimitFamilies {
  of(model: string): readonly string[];
  /** A refusal named the family that a model counts against. */
  learn(model: string, family: string): void;
}

const MOST = 1_000;

/**
 * Every model counts against its account's plan, until a refusal says that it has a family of its own: then the plan's limit is
 * none of its business (FAULTS U-03).
 */
export function createLimitFamilies(): LimitFamilies {
  const own = new Map<string, string>();
  const known = new Map<string, readonly string[]>();
  return {
    of(model) {
      const families = known.get(model) ?? [own.get(model) ?? PLAN_FAMILY, modelFamily(model)];
      if (known.size < MOST) known.set(model, families);
      return families;
    },
    learn(model, family) {
      if (own.get(model) === family || (family === PLAN_FAMILY && !own.has(model)) || own.size >= MOST) return;
      own.set(model, family);
      known.delete(model);
    },
  };
}
