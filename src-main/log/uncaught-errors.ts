/** Errors since the start of this process that nothing had caught. A process has one place where they end up, so it has one count. */
export const uncaughtErrors = { count: 0 };
