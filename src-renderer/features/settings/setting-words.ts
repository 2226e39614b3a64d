import { amountInWords, byteUnits, durationUnits, toAmount } from './amount.ts';
import type { SettingControl } from './setting-entries.ts';

/** A value as a person would say it: for defaults, and for what was changed to what. */
export function valueInWords(control: SettingControl, value: unknown): string {
  switch (control.kind) {
    case 'switch':
      return isOn(control, value) ? 'on' : 'off';
    case 'choice':
      return (control.names[String(value)] ?? String(value)).toLowerCase();
    case 'duration':
      return value === 0 ? 'none' : amountInWords(toAmount(Number(value), durationUnits));
    case 'bytes':
      return value === 0 ? 'none' : amountInWords(toAmount(Number(value), byteUnits));
    case 'money':
      return `$${(Number(value) / 1_000_000).toFixed(2)}`;
    case 'count':
      return `${Number(value).toLocaleString('en-US')} ${control.unit}`;
    case 'text':
      return value === '' ? 'empty' : `“${String(value)}”`;
    case 'port':
      return String(value);
    case 'key':
      return value === null ? 'none' : String(value);
    case 'list':
    case 'aliases':
    case 'prices':
      return countInWords(Object.keys(value as object).length);
    case 'page':
      return typeof value === 'string' ? value : countInWords(Object.keys(value as object).length);
  }
}

const countInWords = (count: number): string => (count === 0 ? 'none' : count === 1 ? '1 entry' : `${count} entries`);

export const isOn = (control: { readonly on?: string }, value: unknown): boolean => value === (control.on ?? true);
