import { firstSchema } from './migrations/v1-first-schema.ts';
import { keptAliveSchema } from './migrations/v2-how-calls-were-kept-alive.ts';
import { accountControlSchema } from './migrations/v3-account-control.ts';
import { accountHistorySchema } from './migrations/v4-account-history.ts';
import { statusSpansSchema } from './migrations/v5-status-spans.ts';
import { failoverSchema } from './migrations/v6-failover.ts';
import { quotaReadingsSchema } from './migrations/v7-quota-readings.ts';
import { decisionsSchema } from './migrations/v8-decisions.ts';
import { accountRemovalSchema } from './migrations/v9-account-removal.ts';
import { budgetsSchema } from './migrations/v10-budgets.ts';
import { conversationsSchema } from './migrations/v11-conversations.ts';
import { rollupsSchema } from './migrations/v12-rollups.ts';
import { limitFamiliesSchema } from './migrations/v13-limit-families.ts';
import { estimatedUsageSchema } from './migrations/v14-estimated-usage.ts';
import { keptResponsesSchema } from './migrations/v15-kept-responses.ts';
import { retentionSchema } from './migrations/v16-retention.ts';
import { bodiesSchema } from './migrations/v17-bodies.ts';
import { outputLimitSchema } from './migrations/v18-output-limit.ts';
import { callFacetsSchema } from './migrations/v19-call-facets.ts';
import { failuresSchema } from './migrations/v20-failures.ts';
import { slicesSchema } from './migrations/v21-slices.ts';
import { slicePacksSchema } from './migrations/v22-slice-packs.ts';

/** Position + 1 is the version in `PRAGMA user_version`. A released migration is never edited, only followed by another. */
export const migrations: readonly string[] = [
  firstSchema,
  keptAliveSchema,
  accountControlSchema,
  accountHistorySchema,
  statusSpansSchema,
  failoverSchema,
  quotaReadingsSchema,
  decisionsSchema,
  accountRemovalSchema,
  budgetsSchema,
  conversationsSchema,
  rollupsSchema,
  limitFamiliesSchema,
  estimatedUsageSchema,
  keptResponsesSchema,
  retentionSchema,
  bodiesSchema,
  outputLimitSchema,
  callFacetsSchema,
  failuresSchema,
  slicesSchema,
  slicePacksSchema,
];
