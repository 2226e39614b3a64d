/** A figure of a setting in the unit that a person would say it in. */
export interface Amount {
  readonly amount: string;
  readonly unit: string;
}

type Units = Readonly<Record<string, number>>;

/** Each unit by its size, the smallest first. */
export const durationUnits = { ms: 1, s: 1_000, min: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
export const byteUnits = { bytes: 1, KiB: 1_024, MiB: 1_048_576, GiB: 1_073_741_824 } as const;

/** In the largest unit in which it is a whole number. */
export function toAmount(value: number, units: Units): Amount {
  const [smallest = ['', 1], ...larger] = Object.entries(units);
  const [unit, size] = larger.reverse().find(([, one]) => value !== 0 && value % one === 0) ?? smallest;
  return { amount: String(value / size), unit };
}

/** A whole number of the smallest unit; `null` where it is no number. */
export function fromAmount({ amount, unit }: Amount, units: Units): number | null {
  const text = amount.trim();
  const number = Number(text);
  return text === '' || !Number.isFinite(number) ? null : Math.round(number * (units[unit] ?? 1));
}

export const amountInWords = ({ amount, unit }: Amount): string =>
  `${Number(amount).toLocaleString('en-US', { maximumFractionDigits: 3 })} ${amount === '1' ? unit.replace(/s$/, '') || unit : unit}`;
