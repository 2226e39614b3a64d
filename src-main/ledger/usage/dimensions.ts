import type { CallRecord } from '../../../src-shared/contract/call.ts';

/** What calls can be told apart by in sums, with their column in `rollup_dims`; the text is empty where there is none. */
export const dimensionColumns = {
  model: 'model',
  account: 'account_id',
  key: 'key_id',
  project: 'project',
  member: 'member',
  client: 'client',
  status: 'status',
  endpoint: 'endpoint',
} as const;
export type Dimension = keyof typeof dimensionColumns;

export const dimensions = Object.keys(dimensionColumns) as Dimension[];

export type Dimensions = Readonly<Record<Dimension, string>>;

/** What dimensions are read from. */
export type DimensionedCall = Pick<
  CallRecord,
  'modelRan' | 'modelAsked' | 'accountId' | 'keyId' | 'project' | 'member' | 'client' | 'status' | 'endpoint'
>;

/** The model is the one that ran, or the one that was asked for where none did. */
export const dimensionsOf = (call: DimensionedCall): Dimensions => ({
  model: call.modelRan ?? call.modelAsked,
  account: call.accountId ?? '',
  key: call.keyId,
  project: call.project ?? '',
  member: call.member ?? '',
  client: call.client ?? '',
  status: call.status,
  endpoint: call.endpoint,
});

/** The same of a row of `calls`, as SQL expressions. */
export const dimensionSql: Readonly<Record<Dimension, string>> = {
  model: 'coalesce(model_ran, model_asked)',
  account: "coalesce(account_id, '')",
  key: 'key_id',
  project: "coalesce(project, '')",
  member: "coalesce(member, '')",
  client: "coalesce(client, '')",
  status: 'status',
  endpoint: 'endpoint',
};
