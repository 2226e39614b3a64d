import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CirclePause } from 'lucide-react';
import { formatClockTime } from '../../../src-shared/format/clock-time.ts';
import { messageOf } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { getStatus, resumeRelay } from '../../api/requests.ts';
import { Button } from '../../components/button.tsx';
import { useNow } from '../../components/use-now.ts';

/** Says on every page that Relay refuses all calls because a person wanted it, and takes that back. */
export function PauseBanner() {
  const now = useNow();
  const queries = useQueryClient();
  const { data } = useQuery({ queryKey: queryKeys.status, queryFn: getStatus });
  const resume = useMutation({
    mutationFn: resumeRelay,
    onSuccess: () => queries.invalidateQueries({ queryKey: queryKeys.status }),
  });
  const pause = data?.pause ?? null;
  if (pause === null || (pause.until !== null && pause.until <= now)) return null;
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-warn-fill/40 bg-warn-tint px-4 py-1.5"
    >
      <CirclePause size={15} className="shrink-0 text-warn" aria-hidden />
      <span>
        <strong className="font-semibold">Relay is paused</strong>
        {pause.until === null ? '' : ` until ${formatClockTime(pause.until, now)}`}: it refuses every new call.
        {resume.error !== null && ` ${messageOf(resume.error)}`}
      </span>
      <Button className="ml-auto h-6" disabled={resume.isPending} onClick={() => resume.mutate()}>
        Resume
      </Button>
    </div>
  );
}
