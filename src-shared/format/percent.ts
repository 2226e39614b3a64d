/** A share from 0 to 1: "12 %", "0.4 %" below one percent; nothing above zero is shown as 0, nothing below one as 100. */
export function formatPercent(share: number | null): string {
  if (share === null) return 'unknown';
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  if (percent > 0 && percent < 0.95) return `${percent.toFixed(1)} %`;
  if (percent > 99 && percent < 100) return `${Math.min(99.9, Number(percent.toFixed(1)))} %`;
  return `${Math.round(percent)} %`;
}
