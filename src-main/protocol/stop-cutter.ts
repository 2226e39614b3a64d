export interface StopCutter {
  /** What of the text may be shown now; what could be the beginning of a stop sequence is held back. */
  push(text: string): string;
  /** The rest, when no more text comes. */
  flush(): string;
  stopped(): boolean;
}

interface Cut {
  readonly start: number;
  readonly end: number;
}

/** The sequence that is complete first; of several that end together the longest, as a model that stops there would see it. */
function firstStop(text: string, stops: readonly string[]): Cut | null {
  let first: Cut | null = null;
  for (const stop of stops) {
    const start = text.indexOf(stop);
    if (start === -1) continue;
    const end = start + stop.length;
    if (first === null || end < first.end || (end === first.end && start < first.start)) first = { start, end };
  }
  return first;
}

/** The text up to its first stop sequence; `null` where none occurs. */
export function cutAtStop(text: string, stops: readonly string[]): string | null {
  const cut = firstStop(text, stops);
  return cut === null ? null : text.slice(0, cut.start);
}

/** Emulates `stop` on a stream: the result is that of `cutAtStop`, however the text is cut into deltas. */
export function createStopCutter(stops: readonly string[]): StopCutter {
  let held = '';
  let stopped = false;
  return {
    stopped: () => stopped,
    push(text) {
      if (stopped) return '';
      const pending = held + text;
      const cut = firstStop(pending, stops);
      if (cut !== null) {
        stopped = true;
        held = '';
        return pending.slice(0, cut.start);
      }
      const keep = heldLength(pending, stops);
      held = pending.slice(pending.length - keep);
      return pending.slice(0, pending.length - keep);
    },
    flush() {
      const rest = stopped ? '' : held;
      held = '';
      return rest;
    },
  };
}

/** The longest end of the text that some sequence begins with. */
function heldLength(text: string, stops: readonly string[]): number {
  let longest = 0;
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length -= 1) {
      if (text.endsWith(stop.slice(0, length))) {
        longest = length;
        break;
      }
    }
  }
  return longest;
}
