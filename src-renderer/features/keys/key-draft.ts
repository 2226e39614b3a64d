import { effortOrder, type KeyCreate, type KeyPatch, type KeyView } from '../../../src-shared/contract/key.ts';

export type Effort = (typeof effortOrder)[number];
export type KeyEndpoint = NonNullable<KeyView['endpoints']>[number];

/** A key as a form has it: texts where one types, `''` for no limit. */
export interface KeyDraft {
  readonly name: string;
  readonly project: string;
  readonly member: string;
  readonly models: string[] | null;
  readonly accounts: string[] | null;
  readonly endpoints: string[] | null;
  readonly effortCeiling: Effort | 'any';
  readonly overflow: boolean;
  readonly splice: 'text' | 'off' | 'default';
  readonly capture: 'none' | 'failed' | 'all';
  readonly requestsPerMinute: string;
  readonly tokensPerMinute: string;
  readonly concurrency: string;
  readonly maxOutputTokens: string;
  /** As an input for a date and a time has it, on this machine's clock. */
  readonly expires: string;
}

export const endpointNames: Readonly<Record<KeyEndpoint, string>> = {
  responses: 'Responses',
  chat: 'Chat Completions',
  passthrough: 'Everything else',
};

export const effortOptions: readonly { readonly value: KeyDraft['effortCeiling']; readonly name: string }[] = [
  { value: 'any', name: 'Any' },
  ...effortOrder.map((value) => ({ value, name: `At most ${value}` })),
];

const figure = (value: number | null): string => (value === null ? '' : String(value));

export function draftOf(key: KeyView | null): KeyDraft {
  return {
    name: key?.name ?? '',
    project: key?.project ?? '',
    member: key?.member ?? '',
    models: key?.models ?? null,
    accounts: key?.accounts ?? null,
    endpoints: key?.endpoints ?? null,
    effortCeiling: key?.effortCeiling ?? 'any',
    overflow: key?.overflow ?? false,
    splice: key?.splice ?? 'default',
    capture: key?.capture ?? 'none',
    requestsPerMinute: figure(key?.requestsPerMinute ?? null),
    tokensPerMinute: figure(key?.tokensPerMinute ?? null),
    concurrency: figure(key?.concurrency ?? null),
    maxOutputTokens: figure(key?.maxOutputTokens ?? null),
    expires: key?.expiresAt == null ? '' : localInput(key.expiresAt),
  };
}

const textOrNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());
const figureOrNull = (text: string): number | null => (text.trim() === '' ? null : Number(text));

type Fields = Required<KeyCreate>;

function fieldsOf(draft: KeyDraft): Fields {
  return {
    name: draft.name.trim(),
    project: textOrNull(draft.project),
    member: textOrNull(draft.member),
    models: draft.models,
    accounts: draft.accounts,
    endpoints: draft.endpoints as KeyEndpoint[] | null,
    effortCeiling: draft.effortCeiling === 'any' ? null : draft.effortCeiling,
    overflow: draft.overflow,
    splice: draft.splice === 'default' ? null : draft.splice,
    capture: draft.capture === 'none' ? null : draft.capture,
    requestsPerMinute: figureOrNull(draft.requestsPerMinute),
    tokensPerMinute: figureOrNull(draft.tokensPerMinute),
    concurrency: figureOrNull(draft.concurrency),
    maxOutputTokens: figureOrNull(draft.maxOutputTokens),
    expiresAt: draft.expires === '' ? null : new Date(draft.expires).getTime(),
  };
}

const unlimited = fieldsOf(draftOf(null));

/** What differs from a key that may do everything. */
export function createOf(draft: KeyDraft): KeyCreate {
  const fields = fieldsOf(draft);
  return { ...changed(unlimited, fields), name: fields.name };
}

/** What differs from the key as it was when the form was opened. */
export function patchOf(before: KeyDraft, draft: KeyDraft): KeyPatch {
  return changed(fieldsOf(before), fieldsOf(draft));
}

function changed(before: Fields, after: Fields): Partial<Fields> {
  const names = Object.keys(after) as (keyof Fields)[];
  return Object.fromEntries(
    names.flatMap((name) =>
      JSON.stringify(before[name]) === JSON.stringify(after[name]) ? [] : [[name, after[name]]],
    ),
  );
}

const two = (value: number): string => String(value).padStart(2, '0');

function localInput(at: number): string {
  const date = new Date(at);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}
