import type { PublicStatus, Subsystem } from '../../src-shared/contract/public-status.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Database } from '../ledger/database.ts';
import { eraseSpansBefore, loadSpans, saveSpan } from './span-rows.ts';
import { extendSpan, historyOf, incidentsOf, type Measurement, type Span, uptimeOf, worse } from './spans.ts';

/** One part of Relay that can be measured. A measurement that throws, or takes too long, is `down`. */
export interface Probe {
  readonly id: string;
  readonly name: string;
  measure(): Measurement | Promise<Measurement>;
}

export interface StatusBoardPorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly version: string;
  readonly startedAt: number;
  /** The parts there are now; upstreams come and go with accounts. */
  readonly probes: () => readonly Probe[];
  /** Runs once, later; the answer cancels it. */
  readonly schedule: (run: () => void, afterMs: number) => () => void;
  /** Told when what was measured could not be written down. */
  readonly storageFailed: (error: unknown) => void;
}

export interface StatusBoard {
  view(): PublicStatus;
  /** Measures every part now. */
  measure(): Promise<void>;
  /** Measures now and again and again. */
  start(): void;
  stop(): void;
}

const EVERY_MS = 30_000;
/** A longer pause between two measurements, as when Relay was off or the machine asleep, is a gap. */
const GAP_MS = 75_000;
const PROBE_MS = 10_000;
const DAY_MS = 86_400_000;
const KEPT_MS = 31 * DAY_MS;
const BAR_MS = 8 * 3_600_000;
const BARS = 90;
const MAX_INCIDENTS = 50;
const windows = [DAY_MS, 7 * DAY_MS, 30 * DAY_MS];

/** Measures the parts of Relay, keeps what was measured across restarts, and says it in words. */
export async function createStatusBoard(ports: StatusBoardPorts): Promise<StatusBoard> {
  const { database, clock } = ports;
  let spans = await loadSpans(database, clock.now() - KEPT_MS);
  let cancel = (): void => undefined;
  let stopped = false;
  let erasedAt = 0;

  const openSpan = (subsystem: string): Span | null => spans.findLast((span) => span.subsystem === subsystem) ?? null;

  const record = (subsystem: string, measurement: Measurement, now: number): Span => {
    const open = openSpan(subsystem);
    const span = extendSpan(open, subsystem, measurement, now, GAP_MS);
    if (open !== null && span.fromAt === open.fromAt) spans[spans.lastIndexOf(open)] = span;
    else spans.push(span);
    return span;
  };

  const measure = async (): Promise<void> => {
    const measured = await Promise.all(
      ports.probes().map(async (probe) => [probe.id, await take(probe, ports.schedule)] as const),
    );
    if (stopped) return;
    const now = clock.now();
    const statements = measured.map(([id, measurement]) => saveSpan(record(id, measurement, now)));
    if (now - erasedAt > DAY_MS) {
      erasedAt = now;
      spans = spans.filter((span) => span.toAt >= now - KEPT_MS);
      statements.push(eraseSpansBefore(now - KEPT_MS));
    }
    await database.run(statements).catch(ports.storageFailed);
  };
  const round = (): void => {
    void measure().finally(() => {
      if (!stopped) cancel = ports.schedule(round, EVERY_MS);
    });
  };

  const subsystemOf = ({ id, name }: Probe, now: number): Subsystem => {
    const own = spans.filter((span) => span.subsystem === id);
    const last = own.at(-1);
    const current = last !== undefined && now - last.toAt <= GAP_MS ? last : null;
    return {
      id,
      name,
      state: current?.state ?? 'unknown',
      sentence: current?.sentence ?? 'Not measured yet.',
      since: current?.fromAt ?? null,
      uptime: windows.map((windowMs) => uptimeOf(own, now, windowMs)),
      history: historyOf(own, now, BAR_MS, BARS),
    };
  };

  return {
    view() {
      const now = clock.now();
      const probes = ports.probes();
      const nameOf = (id: string): string =>
        probes.find((probe) => probe.id === id)?.name ?? id.replace(/^upstream:/, '');
      const subsystems = probes.map((probe) => subsystemOf(probe, now));
      return {
        version: ports.version,
        at: now,
        startedAt: ports.startedAt,
        state: subsystems.map(({ state }) => state).reduce(worse, 'unknown'),
        sentence: summaryOf(subsystems),
        subsystems,
        incidents: incidentsOf(spans, now, GAP_MS)
          .slice(0, MAX_INCIDENTS)
          .map((incident) => ({ ...incident, name: nameOf(incident.subsystem) })),
      };
    },
    measure,
    start: round,
    stop() {
      stopped = true;
      cancel();
    },
  };
}

async function take(probe: Probe, schedule: StatusBoardPorts['schedule']): Promise<Measurement> {
  const late = Promise.withResolvers<Measurement>();
  const cancel = schedule(() => late.resolve({ state: 'down', sentence: 'It did not answer within 10 s.' }), PROBE_MS);
  try {
    return await Promise.race([probe.measure(), late.promise]);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'the measurement failed';
    return { state: 'down', sentence: `It could not be measured: ${why.replace(/\.$/, '')}.` };
  } finally {
    cancel();
  }
}

function summaryOf(subsystems: readonly Subsystem[]): string {
  const troubled = subsystems.filter(({ state }) => state === 'down' || state === 'degraded');
  if (troubled.length > 0) return troubled.map(({ name, sentence }) => `${name}: ${sentence}`).join(' ');
  return subsystems.some(({ state }) => state === 'ok') ? 'Everything that was measured works.' : 'Not measured yet.';
}
