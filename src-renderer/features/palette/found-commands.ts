import type { Command } from './command.ts';
import { fuzzyScore } from './fuzzy-score.ts';

export interface CommandGroup {
  readonly value: string;
  readonly items: readonly Command[];
}

const shownAtMost = 50;
/** How much what was done lately is ahead of what fits as well. */
const recentLead = 2;
/** How much less it is worth to be found by other words than those that are seen. */
const wordsLag = 4;

/** With nothing typed what was done lately, then pages and actions; else whatever fits, best first. */
export function foundCommands(commands: readonly Command[], typed: string, recent: readonly string[]): CommandGroup[] {
  if (typed.trim() === '') return groupsOf(commands, recent);
  const scored = commands
    .map((command) => ({ command, score: scoreOf(command, typed, recent) }))
    .filter((one) => one.score !== null)
    .sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
  return [{ value: 'Found', items: scored.slice(0, shownAtMost).map(({ command }) => command) }];
}

function scoreOf({ id, title, kind, words }: Command, typed: string, recent: readonly string[]): number | null {
  const byTitle = fuzzyScore(typed, title);
  const byWords = fuzzyScore(typed, `${title} ${kind} ${words ?? ''}`);
  if (byTitle === null && byWords === null) return null;
  const best = Math.max(byTitle ?? Number.NEGATIVE_INFINITY, (byWords ?? Number.NEGATIVE_INFINITY) - wordsLag);
  return best + (recent.includes(id) ? recentLead : 0);
}

function groupsOf(commands: readonly Command[], recent: readonly string[]): CommandGroup[] {
  const lately = recent.flatMap((id) => commands.find((command) => command.id === id) ?? []);
  const others = (kind: string) => commands.filter((command) => command.kind === kind && !lately.includes(command));
  return [
    { value: 'Recent', items: lately },
    { value: 'Pages', items: others('Page') },
    { value: 'Actions', items: others('Action') },
  ].filter(({ items }) => items.length > 0);
}
