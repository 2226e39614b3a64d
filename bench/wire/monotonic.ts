const [seconds, nanoseconds] = process.hrtime();
const offsetMicros = seconds * 1e6 + nanoseconds / 1e3 - performance.now() * 1e3;

/** Microseconds on the machine's own clock: the same number in every process, so one may subtract another's. */
export function monotonicMicros(): number {
  return performance.now() * 1e3 + offsetMicros;
}
