import { z } from 'zod';
import {
  type Decision,
  gateCodes,
  PART_SCALE,
  partNames,
  scoreOf,
  strategyNames,
  type Verdict,
} from '../../src-shared/domain/decision.ts';

/**
 * A decision as it is stored: JSON, with the figures of the accounts that could serve as 16-bit numbers (least byte first)
 * in base64. Every call keeps one, so it must be small (about 85 bytes for an account) and cost next to nothing: turning a
 * thousand numbers into digits would take longer than the choice itself. Times are kept to the minute, speeds to 10 ms.
 */
const VERSION = 1;

/** Ten values, then: window's length, share left, minutes to its reset, flags; served, tried, speed, in flight, most, place, turns. */
const FIGURES = partNames.length + 11;
const KNOWN = 1;
const STALE = 2;
const STANDS_IN = 4;
const MINUTE = 60_000;

export function packDecision(decision: Decision): string {
  const { at, conversation, verdicts } = decision;
  const names: string[] = [];
  const gates: (string | number | null)[][] = [];
  const figures = new Uint16Array(verdicts.length * FIGURES);
  let end = 0;
  for (let index = 0; index < verdicts.length; index += 1) {
    const { accountId, accountLabel, gate, values, facts } = verdicts[index]!;
    names.push(accountId, accountLabel);
    if (gate !== null) gates.push([index, gateCodes.indexOf(gate.code), gate.until, gate.note]);
    if (facts === null) continue;
    for (let part = 0; part < values.length; part += 1) figures[end + part] = values[part]!;
    writeFacts(figures, end + values.length, facts, at);
    end += FIGURES;
  }
  const held = conversation && [conversation.ownerId, conversation.cachedTokens, conversation.savedMicroUsd];
  const head = [VERSION, at, strategyNames.indexOf(decision.strategy), decision.weights, decision.model, held];
  const bytes = Buffer.from(figures.buffer, 0, end * 2);
  // Base64 needs no escapes, so it is not looked through for them.
  return `${JSON.stringify(head).slice(0, -1)},${decision.chosen},${JSON.stringify(names)},${JSON.stringify(gates)},"${bytes.toString('base64')}"]`;
}

type Facts = NonNullable<Verdict['facts']>;

function writeFacts(figures: Uint16Array, from: number, facts: Facts, at: number): void {
  const { window } = facts;
  if (window !== null) {
    figures[from] = bounded(window.lengthMs / MINUTE);
    figures[from + 1] = window.left * PART_SCALE;
    figures[from + 2] = window.resetsAt === null ? 0 : 1 + bounded((window.resetsAt - at) / MINUTE);
    figures[from + 3] = KNOWN + (window.stale ? STALE : 0);
  }
  if (facts.standsIn) figures[from + 3]! += STANDS_IN;
  figures[from + 4] = bounded(facts.served * 10);
  figures[from + 5] = bounded(facts.tried * 10);
  figures[from + 6] = facts.ttftMs === null ? 0 : 1 + bounded(facts.ttftMs / 10);
  figures[from + 7] = bounded(facts.inFlight);
  figures[from + 8] = bounded(facts.maxConcurrency ?? 0);
  figures[from + 9] = bounded(facts.place);
  figures[from + 10] = facts.turnsSince === null ? 0 : 1 + bounded(facts.turnsSince);
}

const bounded = (value: number): number => Math.min(65_534, Math.round(value));

const recordSchema = z.tuple([
  z.literal(VERSION),
  z.number(),
  z
    .number()
    .int()
    .min(0)
    .max(strategyNames.length - 1),
  z.array(z.number()).length(partNames.length),
  z.string(),
  z.tuple([z.string(), z.number().nullable(), z.number().nullable()]).nullable(),
  z.number().int(),
  z.array(z.string()),
  z.array(
    z.tuple([
      z.number(),
      z
        .number()
        .int()
        .min(0)
        .max(gateCodes.length - 1),
      z.number().nullable(),
      z.string().nullable(),
    ]),
  ),
  z.string(),
]);

/** Reads what `packDecision` wrote, parsed; `null` where it is damaged or of another version. */
export function readDecision(record: unknown): Decision | null {
  const parsed = recordSchema.safeParse(record);
  if (!parsed.success) return null;
  const [, at, strategy, weights, model, held, chosen, names, gates, base64] = parsed.data;
  const bytes = Buffer.from(base64, 'base64');
  const gated = new Map(gates.map(([index, code, until, note]) => [index, { code: gateCodes[code]!, until, note }]));
  if (bytes.length !== (names.length / 2 - gated.size) * FIGURES * 2) return null;
  const verdicts: Verdict[] = [];
  let offset = 0;
  for (let index = 0; index < names.length / 2; index += 1) {
    const who = { accountId: names[index * 2]!, accountLabel: names[index * 2 + 1]! };
    const gate = gated.get(index);
    if (gate !== undefined) {
      verdicts.push({ ...who, gate, score: null, values: [], facts: null });
      continue;
    }
    const figures = Array.from({ length: FIGURES }, (_, figure) => bytes.readUInt16LE(offset + figure * 2));
    const values = figures.slice(0, partNames.length);
    const facts = readFacts(figures.slice(partNames.length), at);
    verdicts.push({ ...who, gate: null, score: scoreOf(values, weights), values, facts });
    offset += FIGURES * 2;
  }
  return {
    at,
    strategy: strategyNames[strategy]!,
    weights,
    model,
    conversation: held && { ownerId: held[0], cachedTokens: held[1], savedMicroUsd: held[2] },
    chosen,
    verdicts,
  };
}

function readFacts(figures: readonly number[], at: number): Facts {
  const [
    length = 0,
    left = 0,
    resets = 0,
    flags = 0,
    served = 0,
    tried = 0,
    speed = 0,
    inFlight = 0,
    most = 0,
    place = 0,
    turns = 0,
  ] = figures;
  const known = (flags & KNOWN) !== 0;
  return {
    window: known
      ? {
          lengthMs: length * MINUTE,
          left: left / PART_SCALE,
          resetsAt: resets === 0 ? null : at + (resets - 1) * MINUTE,
          stale: (flags & STALE) !== 0,
        }
      : null,
    served: served / 10,
    tried: tried / 10,
    ttftMs: speed === 0 ? null : (speed - 1) * 10,
    inFlight,
    maxConcurrency: most === 0 ? null : most,
    standsIn: (flags & STANDS_IN) !== 0,
    place,
    turnsSince: turns === 0 ? null : turns - 1,
  };
}
