import type { CallValues } from '../../../src-shared/contract/call.ts';
import { formatDuration, formatMoney } from '../../format/figures.ts';
import { type CallFilter, type FilterName, filterNames } from './call-filter.ts';
import { boundFields, fixedValues, flagFields, type ValueField, valueFields } from './filter-fields.ts';
import { readSpan } from './read-span.ts';

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** One thing that can be added while something is typed. */
export interface FilterTerm {
  readonly label: string;
  /** What is added; `null` where more has to be typed first, which then begins with `typed`. */
  readonly add: CallFilter | null;
  readonly typed: string;
}

/** The field whose values are asked for by what is typed, and what is wanted of them. */
export function askedField(typed: string): { field: ValueField; text: string } | null {
  const [, word, text] = /^\s*([a-z]+):\s*(.*)$/i.exec(typed) ?? [];
  const field = valueFields.find((one) => one.word === word?.toLowerCase());
  return field === undefined ? null : { field, text: (text ?? '').trim() };
}

/** What may be meant, the likeliest first. `values` are those of the field that is asked for, as far as they were read. */
export function filterTerms(typed: string, values: CallValues['values'], now: number): FilterTerm[] {
  const asked = askedField(typed);
  if (asked !== null) return valueTerms(asked.field, asked.text, values);
  const text = typed.trim();
  const exact = [boundTerm(text), flagTerm(text), timeTerm(text, now)].filter((term) => term !== null);
  const fields = startersOf(text);
  if (text === '' || exact.length > 0) return [...exact, ...fields];
  const contains: FilterTerm = { label: `Contains “${text}”`, add: { text }, typed: '' };
  return [contains, ...fields];
}

function valueTerms(field: ValueField, text: string, values: CallValues['values']): FilterTerm[] {
  const known = new Map<string, string | null>(fixedValues[field.values]?.map((value) => [value, null]));
  for (const { value, name } of values) known.set(value, name);
  const wanted = text.toLowerCase();
  const found = [...known].filter(([value, name]) => (name ?? shownValue(value)).toLowerCase().includes(wanted));
  return found.map(([value, name]) => ({
    label: `${field.title}: ${name ?? shownValue(value)}`,
    add: { [field.name]: field.name === 'httpStatus' ? Number(value) : value },
    typed: '',
  }));
}

const shownValue = (value: string): string => (value === '' ? 'none' : value);

/** Fields that begin with what is typed. */
function startersOf(text: string): FilterTerm[] {
  const begun = text.toLowerCase();
  const starters = [
    ...valueFields.map(({ word, title }) => ({ title, typed: `${word}:` })),
    ...boundFields.map(({ word, title }) => ({ title: `${title}, at least`, typed: `${word}>` })),
    ...boundFields.map(({ word, title }) => ({ title: `${title}, at most`, typed: `${word}<` })),
    ...flagFields.map(({ word, title }) => ({ title: `${title} or not`, typed: `${word}=` })),
    { title: 'Within the last', typed: 'last ' },
  ];
  return starters
    .filter(({ title, typed }) => typed.startsWith(begun) || title.toLowerCase().startsWith(begun))
    .map(({ title, typed }) => ({ label: `${title}  ${typed}…`, add: null, typed }));
}

function boundTerm(text: string): FilterTerm | null {
  const [, word, sign, amount] = /^([a-z]+)\s*([<>])=?\s*(.+)$/i.exec(text) ?? [];
  const field = boundFields.find((one) => one.word === word?.toLowerCase());
  if (field === undefined || amount === undefined) return null;
  const value = field.kind === 'money' ? readMicroUsd(amount) : readSpan(amount);
  if (value === null) return null;
  const add = { [sign === '>' ? field.min : field.max]: value };
  return { label: chipsOf(add, {})[0]?.text ?? '', add, typed: '' };
}

function readMicroUsd(text: string): number | null {
  const [, amount] = /^\$?\s*(\d+(?:\.\d+)?)$/.exec(text.trim()) ?? [];
  return amount === undefined ? null : Math.round(Number(amount) * 1e6);
}

function flagTerm(text: string): FilterTerm | null {
  const [, word, answer] = /^([a-z]+)\s*=\s*(y(?:es)?|no?)$/i.exec(text) ?? [];
  const field = flagFields.find((one) => one.word === word?.toLowerCase());
  if (field === undefined || answer === undefined) return null;
  const add = { [field.name]: answer.toLowerCase().startsWith('y') };
  return { label: chipsOf(add, {})[0]?.text ?? '', add, typed: '' };
}

/** A moment is kept, not the span: an address shows the same calls tomorrow. */
function timeTerm(text: string, now: number): FilterTerm | null {
  const [, span] = /^last\s+(.+)$/i.exec(text) ?? [];
  const spanMs = span === undefined ? null : readSpan(span);
  if (spanMs === null) return null;
  return { label: `Within the last ${span}`, add: { from: Math.max(0, now - spanMs) }, typed: '' };
}

interface FilterChip {
  readonly name: FilterName;
  readonly text: string;
}

/** What a filter keeps the list to, in words; `known` are names of what the filter holds only the id or value of. */
export function chipsOf(filter: CallFilter, known: Readonly<Partial<Record<FilterName, string>>>): FilterChip[] {
  return filterNames.flatMap((name): FilterChip[] => {
    const value = filter[name];
    return value === undefined ? [] : [{ name, text: chipText(name, value, known[name]) }];
  });
}

function chipText(name: FilterName, value: string | number | boolean, known: string | undefined): string {
  const field = valueFields.find((one) => one.name === name);
  if (field !== undefined) return `${field.title}: ${known ?? shownValue(String(value))}`;
  const flag = flagFields.find((one) => one.name === name);
  if (flag !== undefined) return `${flag.title}: ${value === true ? 'yes' : 'no'}`;
  const bound = boundFields.find(({ min, max }) => min === name || max === name);
  if (bound !== undefined) {
    const amount = bound.kind === 'money' ? formatMoney(Number(value)) : formatDuration(Number(value));
    return `${bound.title} ${bound.min === name ? '≥' : '≤'} ${amount}`;
  }
  if (name === 'from') return `Since ${moment.format(Number(value))}`;
  if (name === 'to') return `Before ${moment.format(Number(value))}`;
  if (name === 'conversationId') return `Conversation: ${shownValue(String(value))}`;
  return name === 'text' ? `Contains “${value}”` : `Cause: ${value}`;
}
