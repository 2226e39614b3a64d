const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** "350ms", "2s", "1.5h", "7d" in milliseconds; a bare figure is seconds; `null` for anything else. */
export function readSpan(text: string): number | null {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/i.exec(text.trim()) ?? [];
  return amount === undefined ? null : Math.round(Number(amount) * (units[(unit ?? 's').toLowerCase()] ?? 1_000));
}
