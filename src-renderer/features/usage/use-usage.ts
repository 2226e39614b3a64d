import { useQuery } from '@tanstack/react-query';
import { queryKeys } from '../../api/query-keys.ts';
import { getUsage, getUsageHours } from '../../api/usage-requests.ts';
import { type UsageState, usageQueryOf, writeUsageState } from './usage-state.ts';
import { windowTimes } from './usage-window.ts';

/** How often a window that moves with the clock is read again. */
const againMs = 10_000;
const dayMs = 86_400_000;

const moving = ({ window }: UsageState): number | false => (typeof window === 'object' ? false : againMs);

/** What a state shows; the figures of before stay while others are on their way. */
export function useUsage(state: UsageState) {
  return useQuery({
    // A picture's shape changes nothing of what is asked; its measure does where the groups come in its order.
    queryKey: queryKeys.usage(
      'view',
      writeUsageState({ ...state, ...(state.by.length === 0 ? { measure: 'tokens' } : {}), shape: 'bars' }),
    ),
    queryFn: ({ signal }) => getUsage(usageQueryOf(state, Date.now()), signal),
    placeholderData: (previous) => previous,
    refetchInterval: moving(state),
  });
}

/** The window of the same length before, step by step, for the line behind the picture. */
export function useUsageBefore(state: UsageState) {
  const plain: UsageState = { ...state, by: [], measure: 'tokens', shape: 'bars' };
  return useQuery({
    queryKey: queryKeys.usage('before', writeUsageState(plain)),
    queryFn: ({ signal }) => {
      const { from, to } = windowTimes(state.window, Date.now());
      const window = { from: Math.max(0, 2 * from - to), to: from };
      return getUsage(usageQueryOf({ ...plain, compare: false, window }, 0), signal);
    },
    enabled: state.compare,
    placeholderData: (previous) => previous,
    refetchInterval: moving(state),
  });
}

/** The hours of the week; not asked for where the window is shorter than a day. */
export function useUsageHours(state: UsageState) {
  const hours: UsageState = { ...state, grain: 'auto', by: [], compare: false, measure: 'tokens', shape: 'bars' };
  const now = windowTimes(state.window, Date.now());
  return useQuery({
    queryKey: queryKeys.usage('hours', writeUsageState(hours)),
    queryFn: ({ signal }) => getUsageHours(usageQueryOf(hours, Date.now()), signal),
    enabled: now.to - now.from >= dayMs,
    placeholderData: (previous) => previous,
    refetchInterval: typeof state.window === 'object' ? false : 6 * againMs,
  });
}
