import { CloudOff } from 'lucide-react';
import { useLiveState, useReconnect } from '../../api/live.ts';
import { Button } from '../../components/button.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';

/** Says that what is shown is old, how old, and that Relay is being tried again. */
export function ConnectionBanner() {
  const { state, heardAt } = useLiveState();
  const reconnect = useReconnect();
  if (state !== 'lost') return null;
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-warn-fill/40 bg-warn-tint px-4 py-1.5"
    >
      <CloudOff size={15} className="shrink-0 text-warn" aria-hidden />
      <span>
        <strong className="font-semibold">Relay does not answer.</strong>{' '}
        {heardAt === null ? (
          'Nothing has been heard from it yet.'
        ) : (
          <>
            What you see is from <RelativeTime at={heardAt} />.
          </>
        )}{' '}
        <span className="text-muted">It is being tried again by itself.</span>
      </span>
      <Button className="ml-auto h-6" onClick={reconnect}>
        Try now
      </Button>
    </div>
  );
}
