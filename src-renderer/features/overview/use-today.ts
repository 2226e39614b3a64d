import { useQuery } from '@tanstack/react-query';
import { queryKeys } from '../../api/query-keys.ts';
import { getUsage } from '../../api/usage-requests.ts';
import { todayAndYesterday } from './today.ts';

const todayMs = 10_000;
const minutesMs = 5_000;
const hourMs = 3_600_000;

const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

export function useToday() {
  return useQuery({
    queryKey: queryKeys.usage('today', ''),
    queryFn: async ({ signal }) => {
      const timeZone = ownZone();
      const spans = todayAndYesterday(Date.now(), timeZone);
      const sums = async ({ from, to }: { from: number; to: number }) =>
        (await getUsage(new URLSearchParams({ from: String(from), to: String(to), grain: 'total', timeZone }), signal))
          .totals;
      const [today, yesterday] = await Promise.all([sums(spans.today), sums(spans.yesterday)]);
      return { today, yesterday };
    },
    staleTime: 0,
    refetchInterval: todayMs,
  });
}

/** The last hour, minute by minute. */
export function useLastHour() {
  return useQuery({
    queryKey: queryKeys.usage('last-hour', ''),
    queryFn: ({ signal }) => {
      const to = Date.now();
      const from = Math.floor((to - hourMs) / 60_000) * 60_000;
      return getUsage(new URLSearchParams({ from: String(from), to: String(to), grain: 'minute' }), signal);
    },
    staleTime: 0,
    refetchInterval: minutesMs,
  });
}
