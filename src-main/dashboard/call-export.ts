import type { CallRecord } from '../../src-shared/contract/call.ts';
import type { CallBodies, CapturedBody } from '../../src-shared/contract/call-bodies.ts';
import { type CallExport, callExportSchema } from '../../src-shared/contract/call-export.ts';
import type { DecisionView } from '../../src-shared/contract/decision.ts';
import { createPseudonyms, type KnownName, type Pseudonyms } from './pseudonyms.ts';

export interface ExportedCall {
  readonly relay: CallExport['relay'];
  readonly call: CallRecord;
  readonly decisions: readonly DecisionView[];
  /** As they are kept; `null` where they are not. */
  readonly kept: CallBodies | null;
  /** Whether the bodies themselves go along. */
  readonly withBodies: boolean;
  /** Everything that this Relay knows by name. */
  readonly names: readonly KnownName[];
}

/** Values out of a fixed set, or of the catalogue: they say what happened, and name nobody. */
const plain = new Set([
  'status',
  'endpoint',
  'outcome',
  'strategy',
  'code',
  'modelRan',
  'model',
  'effort',
  'serviceTier',
  'errorCode',
]);
const ids: Readonly<Record<string, KnownName['kind']>> = {
  id: 'id',
  callId: 'id',
  keyId: 'key',
  keyName: 'key',
  accountId: 'account',
  accountLabel: 'account',
  ownerId: 'account',
  chosenId: 'account',
  conversationId: 'id',
  responseId: 'id',
  project: 'project',
  member: 'member',
};

/** One call as somebody else may see it. Bodies only where they were asked for: a prompt names what it likes. */
export function exportCall({ relay, call, decisions, kept, withBodies, names }: ExportedCall): CallExport {
  const pseudonyms = createPseudonyms([...names, ...namesIn(call, decisions)]);
  const scrub = <T>(value: T): T => scrubbed(value, '', pseudonyms) as T;
  return callExportSchema.parse({
    format: 'relay-call',
    version: 1,
    relay,
    call: scrub(call),
    decisions: scrub(decisions),
    headers: kept === null ? null : scrub(withoutBodies(kept)),
    bodies:
      kept === null || !withBodies ? null : scrub({ request: kept.request, sent: kept.sent, answer: kept.answer }),
  });
}

function withoutBodies({ request, sent, upstream, answer }: CallBodies) {
  const bare = <T extends { readonly body: CapturedBody | null }>({ body: _, ...rest }: T) => rest;
  return { request: bare(request), sent: sent.map(bare), upstream, answer: bare(answer) };
}

/** Accounts and keys that are gone are known from the call alone. */
function namesIn(call: CallRecord, decisions: readonly DecisionView[]): KnownName[] {
  const accounts = [
    { accountId: call.accountId, accountLabel: call.accountLabel },
    ...call.attempts,
    ...decisions.flatMap(({ candidates }) => candidates),
  ];
  return [
    ...accounts.map(
      ({ accountId, accountLabel }): KnownName => ({ kind: 'account', words: [accountLabel, accountId] }),
    ),
    { kind: 'key', words: [call.keyName, call.keyId] },
    { kind: 'project', words: [call.project] },
    { kind: 'member', words: [call.member] },
    { kind: 'id', words: [call.id] },
    { kind: 'id', words: [call.conversationId] },
    { kind: 'id', words: [call.responseId] },
  ];
}

function scrubbed(value: unknown, name: string, pseudonyms: Pseudonyms): unknown {
  if (typeof value === 'string') {
    const kind = ids[name];
    if (kind !== undefined) return pseudonyms.name(kind, value);
    return plain.has(name) ? value : pseudonyms.text(value);
  }
  if (Array.isArray(value)) return value.map((item) => scrubbed(item, name, pseudonyms));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, scrubbed(item, key, pseudonyms)]));
}
