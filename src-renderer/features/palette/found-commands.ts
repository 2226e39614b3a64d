import type { Command } from './command.ts';
import { fuzzyScore } from './fuzzy-score.ts';

export interface CommandGroup {
  readonly value: string;
  readonly items: readonly Command[];
}

const shownAtMost = 50;
/** How much what was done lately is ahead of what fits as well. */
const recentLead = 2;
/** What it is worth to be found by words that are not seen: less than nearly any title. */
const byWordsOnly = -10;

/** With nothing typed what was done lately, then pages and actions; else whatever fits, best first. */
export function foundCommands(commands: readonly Command[], typed: string, recent: readonly string[]): CommandGroup[] {
  if (typed.trim() === '') return groupsOf(commands, recent);
  const scored = commands
    .map((command) => ({ command, score: scoreOf(command, typed, recent) }))
    .filter((one) => one.score !== null)
    .sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
  return [{ value: 'Found', items: scored.slice(0, shownAtMost).map(({ command }) => command) }];
}

/** Letters may be apart in a title; the other words are long, and hold nearly any letters somewhere. */
function scoreOf({ id, title, kind, words }: Command, typed: string, recent: readonly string[]): number | null {
  const text = `${title} ${kind} ${words ?? ''}`.toLowerCase();
  const inWords = typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
  const score = fuzzyScore(typed, title) ?? (inWords ? byWordsOnly : null);
  return score === null ? null : score + (recent.includes(id) ? recentLead : 0);
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
