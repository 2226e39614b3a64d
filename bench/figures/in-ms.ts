export function inMs(micros: number | undefined): number | null {
  return micros === undefined ? null : micros / 1000;
}
