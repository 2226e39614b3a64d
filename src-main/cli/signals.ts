const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;

/** Ctrl-C under npm arrives twice: from the terminal and from npm, which passes on what it gets. */
const sameWishMs = 100;

/** Resolves at the first request to end. A second one ends the process at once, whatever is still running (P-05). */
export function untilAskedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    let askedAt: number | null = null;
    for (const signal of endSignals) {
      process.on(signal, () => {
        if (askedAt !== null && performance.now() - askedAt >= sameWishMs) process.exit(1);
        askedAt ??= performance.now();
        resolve();
      });
    }
  });
}
