/** A function that runs `work` at once, but not again within `everyMs`: what is asked for in between is done once, at the end of that. */
export function createPace(everyMs: number, work: () => void): () => void {
  let waiting = false;
  let lastAt = Number.NEGATIVE_INFINITY;
  const run = (): void => {
    waiting = false;
    lastAt = performance.now();
    work();
  };
  return () => {
    if (waiting) return;
    const left = lastAt + everyMs - performance.now();
    if (left <= 0) return run();
    waiting = true;
    setTimeout(run, left);
  };
}
