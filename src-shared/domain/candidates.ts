import { type PartName, partNames } from './decision.ts';

/** What lists of candidates need to know of one. */
interface Scored {
  /** `null` where it could not serve. */
  readonly score: number | null;
  readonly parts: readonly { readonly name: PartName }[];
}

/** Highest score first, those that could not serve last. */
export const bestFirst = (a: Pick<Scored, 'score'>, b: Pick<Scored, 'score'>): number =>
  (b.score ?? -1) - (a.score ?? -1);

/** The parts that any of the candidates has, in the order in which they are added up. */
export const partsOf = (candidates: readonly Pick<Scored, 'parts'>[]): PartName[] =>
  partNames.filter((name) => candidates.some(({ parts }) => parts.some((part) => part.name === name)));
