import type { CallRecord } from '../../src-shared/contract/call.ts';
import type { LiveEventName } from '../../src-shared/contract/events.ts';
import type { DashboardPorts } from './ports.ts';

const callBatchMs = 50;
const viewBatchMs = 250;
const heartbeatMs = 15_000;
/** Calls kept for a reader that comes back; a longer gap is answered with `reset`. */
const ringSize = 2_000;
/** Well below what a reader may have unread, or one that comes back to a long gap would be cut off before it had read anything. */
const ringChars = 4 * 1024 * 1024;

type Sink = (text: string) => void;
export type EventHub = ReturnType<typeof createEventHub>;

/**
 * What happens in Relay, as server-sent events. Calls are numbered and can be resumed; accounts, sign-ins and status are states,
 * sent whole when a reader arrives and whenever they differ from what was sent last.
 */
export function createEventHub(
  ports: Pick<
    DashboardPorts,
    'accounts' | 'signIns' | 'tunnel' | 'ledger' | 'status' | 'randomBytes' | 'schedule' | 'log'
  >,
) {
  const run = ports.randomBytes(6).toString('hex');
  const sinks = new Set<Sink>();
  let changedCalls = new Map<string, CallRecord>();
  const sent = { account: '', status: '', 'sign-in': noSignIns };
  let ring: { sequence: number; text: string }[] = [];
  let sequence = 0;

  const id = (at: number): string => `${run}-${at}`;
  const toAll = (text: string): void => {
    for (const sink of sinks) sink(text);
  };

  const calls = createBatch(ports.schedule, callBatchMs, () => {
    const batch = [...changedCalls.values()].map((call) => {
      sequence += 1;
      return { sequence, text: frame('call', id(sequence), call) };
    });
    // Not cleared: its table would go on naming the calls (slot-map.ts).
    changedCalls = new Map();
    ring.push(...batch);
    ring = newestOf(ring);
    toAll(batch.map((event) => event.text).join(''));
  });

  const views = createBatch(ports.schedule, viewBatchMs, () => {
    if (sinks.size === 0) return;
    readViews().then(
      (now) => {
        for (const name of ['account', 'status', 'sign-in'] as const) {
          if (now[name] !== sent[name]) toAll(frame(name, id(sequence), now[name]));
        }
        Object.assign(sent, now);
      },
      (error: unknown) => ports.log.error({ err: error }, 'live events could not read the state'),
    );
  });

  async function readViews() {
    const [accounts, status, signIns] = await Promise.all([
      ports.accounts.views(),
      ports.status(),
      ports.signIns.list(),
    ]);
    return {
      account: JSON.stringify({ accounts }),
      status: JSON.stringify(status),
      'sign-in': JSON.stringify({ signIns }),
    };
  }

  /** What was missed since `lastEventId`, then everything as it happens. */
  async function connect(lastEventId: string | null, sink: Sink): Promise<() => void> {
    const now = await readViews();
    // From here to the end nothing is awaited, so no event falls between the replay and the subscription.
    const states = [frame('account', id(sequence), now.account), frame('status', id(sequence), now.status)];
    if (now['sign-in'] !== noSignIns) states.push(frame('sign-in', id(sequence), now['sign-in']));
    sink(replay(lastEventId) + states.join(''));
    if (sinks.size === 0) Object.assign(sent, now);
    sinks.add(sink);
    views.mark();
    return () => sinks.delete(sink);
  }

  function replay(lastEventId: string | null): string {
    if (lastEventId === null) return '';
    const [givenRun, given = ''] = lastEventId.split('-');
    const seen = givenRun === run && /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
    const oldest = ring[0]?.sequence ?? sequence + 1;
    if (!(seen >= oldest - 1 && seen <= sequence)) return frame('reset', id(sequence), {});
    return ring
      .filter((event) => event.sequence > seen)
      .map((event) => event.text)
      .join('');
  }

  let cancelHeartbeat = ports.schedule(beat, heartbeatMs);
  function beat(): void {
    toAll(': keep-alive\n\n');
    views.mark();
    cancelHeartbeat = ports.schedule(beat, heartbeatMs);
  }

  const unsubscribe = [
    ports.ledger.onChange((call) => {
      changedCalls.set(call.id, call);
      calls.mark();
      views.mark();
    }),
    ports.accounts.onChange(views.mark),
    ports.signIns.onChange(views.mark),
    ports.tunnel.onChange(views.mark),
  ];

  function close(): void {
    for (const stop of unsubscribe) stop();
    for (const batch of [calls, views]) batch.cancel();
    cancelHeartbeat();
    sinks.clear();
  }

  return { connect, close };
}

/** The newest events that are few and short enough to be kept. */
function newestOf<T extends { readonly text: string }>(events: T[]): T[] {
  let first = events.length;
  let chars = 0;
  while (first > 0 && events.length - first < ringSize) {
    chars += events[first - 1]!.text.length;
    if (chars > ringChars) break;
    first -= 1;
  }
  return first === 0 ? events : events.slice(first);
}

/** Not told to a reader that arrives: it is what everyone starts from. */
const noSignIns = JSON.stringify({ signIns: [] });

function frame(name: LiveEventName, id: string, data: object | string): string {
  return `id: ${id}\nevent: ${name}\ndata: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
}

/** Runs `flush` once, `afterMs` after the first of any number of marks. */
function createBatch(schedule: DashboardPorts['schedule'], afterMs: number, flush: () => void) {
  let cancelPending: (() => void) | null = null;
  return {
    mark(): void {
      cancelPending ??= schedule(() => {
        cancelPending = null;
        flush();
      }, afterMs);
    },
    cancel(): void {
      cancelPending?.();
      cancelPending = null;
    },
  };
}
