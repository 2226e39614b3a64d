import { useMemo, useState } from 'react';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { useCallFeed } from '../calls/use-call-feed.ts';

/** The newest call of a key; without one, of any key since this began to wait. `null` until there is one. */
export function useFirstCall(keyId: string | null): CallRecord | null {
  const [since] = useState(() => Date.now());
  const filter = useMemo(() => (keyId === null ? {} : { keyId }), [keyId]);
  const feed = useCallFeed(filter, null);
  return feed.rows.find((call) => keyId !== null || call.startedAt >= since) ?? null;
}
