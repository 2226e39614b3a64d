/** Micro-dollars as dollars: "$12.34", "$0.0042" below a cent, "< $0.0001" for the rest; "unknown" for `null`. */
export function formatMoney(microUsd: number | null): string {
  if (microUsd === null) return 'unknown';
  if (microUsd < 0) return `-${formatMoney(-microUsd)}`;
  if (microUsd === 0) return '$0.00';
  if (microUsd < 100) return '< $0.0001';
  if (microUsd < 10_000) return `$${(microUsd / 1_000_000).toFixed(4)}`;
  const [whole, cents] = (microUsd / 1_000_000).toFixed(2).split('.');
  return `$${whole?.replace(/\B(?=(\d{3})+$)/g, ',')}.${cents}`;
}
