import type { CallRecord } from '../../../src-shared/contract/call.ts';

export type CallStatus = CallRecord['status'];

export const statusNames: Readonly<Record<CallStatus, string>> = {
  inflight: 'In flight',
  ok: 'OK',
  error: 'Error',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
};

const dots: Readonly<Record<CallStatus, string>> = {
  inflight: 'bg-accent motion-safe:animate-pulse',
  ok: 'bg-good-fill',
  error: 'bg-bad-fill',
  cancelled: 'bg-transparent border border-line-strong',
  interrupted: 'bg-warn-fill',
};

const inks: Readonly<Record<CallStatus, string>> = {
  inflight: 'text-accent',
  ok: 'text-good',
  error: 'text-bad',
  cancelled: 'text-muted',
  interrupted: 'text-warn',
};

/** A dot by colour, with the status as its name. */
export function StatusDot({ status }: { status: CallStatus }) {
  return <span role="img" aria-label={statusNames[status]} className={`block size-2 rounded-full ${dots[status]}`} />;
}

export function StatusName({ status, httpStatus }: { status: CallStatus; httpStatus: number | null }) {
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium whitespace-nowrap ${inks[status]}`}>
      <span aria-hidden className={`size-2 rounded-full ${dots[status]}`} />
      {statusNames[status]}
      {httpStatus !== null && <span className="font-normal text-muted">{httpStatus}</span>}
    </span>
  );
}
