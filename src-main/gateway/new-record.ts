import type { CallRecord } from '../../src-shared/contract/call.ts';
import { unknownUsage } from '../../src-shared/domain/usage.ts';
import type { CallerIdentity } from './ports.ts';

export interface NewRecord {
  readonly id: string;
  readonly endpoint: CallRecord['endpoint'];
  readonly startedAt: number;
  readonly identity: CallerIdentity;
  readonly client: string | null;
  readonly userAgent: string | null;
  readonly requestBytes: number;
}

/** The row of a call at admission: what is not known yet is `null`. */
export function newRecord(given: NewRecord): CallRecord {
  const { identity } = given;
  return {
    id: given.id,
    startedAt: given.startedAt,
    endpoint: given.endpoint,
    stream: false,
    status: 'inflight',
    httpStatus: null,
    errorCode: null,
    reason: null,
    keyId: identity.id,
    keyName: identity.name,
    project: identity.project,
    member: identity.member,
    client: given.client,
    userAgent: given.userAgent,
    modelAsked: '',
    modelRan: null,
    effort: null,
    serviceTier: null,
    accountId: null,
    accountLabel: null,
    conversationId: null,
    responseId: null,
    attempts: [],
    dropped: [],
    spliced: 0,
    overflow: false,
    heldMs: null,
    ...unknownUsage,
    usageEstimated: false,
    costMicroUsd: null,
    spentMicroUsd: null,
    requestBytes: given.requestBytes,
    ttftMs: null,
    durationMs: null,
    overheadMs: null,
  };
}
