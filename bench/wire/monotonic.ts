const offsetMicros = readOffset();

/** Microseconds on the machine's own clock: the same number in every process, so one may subtract another's. */
export function monotonicMicros(): number {
  return performance.now() * 1e3 + offsetMicros;
}

/** `process.hrtime` is that clock but slow to read, `performance.now` is quick but starts with the process. */
function readOffset(): number {
  let smallestGap = Number.POSITIVE_INFINITY;
  let offset = 0;
  // A process that loses its core between two readings would be off by as long; of many tries the quickest is right.
  for (let i = 0; i < 200; i++) {
    const before = performance.now() * 1e3;
    const [seconds, nanoseconds] = process.hrtime();
    const after = performance.now() * 1e3;
    if (after - before >= smallestGap) continue;
    smallestGap = after - before;
    offset = seconds * 1e6 + nanoseconds / 1e3 - (before + after) / 2;
  }
  return offset;
}
