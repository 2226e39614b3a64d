const steps = [
  { from: 999_950_000, per: 1_000_000_000, unit: 'B' },
  { from: 999_950, per: 1_000_000, unit: 'M' },
  { from: 1_000, per: 1_000, unit: 'k' },
];

/** A count of tokens: "842", "12.3k", "1.2M"; "unknown" for `null`. */
export function formatTokens(tokens: number | null): string {
  if (tokens === null) return 'unknown';
  const step = steps.find(({ from }) => tokens >= from);
  if (step === undefined) return String(tokens);
  return `${(tokens / step.per).toFixed(1).replace(/\.0$/, '')}${step.unit}`;
}
