const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;

/** Resolves at the first request to end. A second one ends the process at once, whatever is still running (P-05). */
export function untilAskedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    let isEnding = false;
    for (const signal of endSignals) {
      process.on(signal, () => {
        if (isEnding) process.exit(1);
        isEnding = true;
        resolve();
      });
    }
  });
}
