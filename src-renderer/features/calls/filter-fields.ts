import { type CallValueField, callSchema } from '../../../src-shared/contract/call.ts';
import type { FilterName } from './call-filter.ts';

interface Titled {
  /** What is typed before the colon. */
  readonly word: string;
  readonly title: string;
}

/** Fields whose values the log knows. */
export interface ValueField extends Titled {
  readonly name: FilterName;
  readonly values: CallValueField;
}

/** Yes or no. */
interface FlagField extends Titled {
  readonly name: 'stream' | 'spliced' | 'failedOver' | 'overflow';
}

/** At least and at most of a figure; `unit` of what is typed in units of what the API takes. */
interface BoundField extends Titled {
  readonly min: FilterName;
  readonly max: FilterName;
  readonly kind: 'money' | 'duration';
}

export const valueFields: readonly ValueField[] = [
  { word: 'status', title: 'Status', name: 'status', values: 'status' },
  { word: 'model', title: 'Model', name: 'model', values: 'modelAsked' },
  { word: 'asked', title: 'Model asked', name: 'modelAsked', values: 'modelAsked' },
  { word: 'ran', title: 'Model that ran', name: 'modelRan', values: 'modelRan' },
  { word: 'account', title: 'Account', name: 'accountId', values: 'accountId' },
  { word: 'key', title: 'Key', name: 'keyId', values: 'keyId' },
  { word: 'project', title: 'Project', name: 'project', values: 'project' },
  { word: 'member', title: 'Member', name: 'member', values: 'member' },
  { word: 'client', title: 'Client', name: 'client', values: 'client' },
  { word: 'reason', title: 'Reason', name: 'errorCode', values: 'errorCode' },
  { word: 'http', title: 'HTTP status', name: 'httpStatus', values: 'httpStatus' },
  { word: 'endpoint', title: 'Endpoint', name: 'endpoint', values: 'endpoint' },
];

export const flagFields: readonly FlagField[] = [
  { word: 'failover', title: 'Failed over', name: 'failedOver' },
  { word: 'spliced', title: 'Spliced', name: 'spliced' },
  { word: 'streamed', title: 'Streamed', name: 'stream' },
  { word: 'overflow', title: 'Overflow', name: 'overflow' },
];

export const boundFields: readonly BoundField[] = [
  { word: 'cost', title: 'Cost', min: 'minCostMicroUsd', max: 'maxCostMicroUsd', kind: 'money' },
  { word: 'first', title: 'First output', min: 'minTtftMs', max: 'maxTtftMs', kind: 'duration' },
  { word: 'total', title: 'Total', min: 'minDurationMs', max: 'maxDurationMs', kind: 'duration' },
];

/** What is there before the log is asked, for fields with few values. */
export const fixedValues: Readonly<Partial<Record<CallValueField, readonly string[]>>> = {
  status: callSchema.shape.status.options,
  endpoint: callSchema.shape.endpoint.options,
};
