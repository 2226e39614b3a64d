/** Where a load client sends its requests. */
export interface Destination {
  port: number;
  path: string;
  headers: Record<string, string>;
}

/** As many calls as `clients` connections can make one after the other. */
export interface ClosedLoopJob {
  kind: 'closed-loop';
  to: Destination;
  body: string;
  clients: number;
  durationMs: number;
  /** Marks in each whole answer: a call with fewer or more of them is an error. */
  marks: number;
}

/** `streams` open at once, opened evenly over `openingMs` and then measured for `measureMs`. */
export interface OpenStreamsJob {
  kind: 'open-streams';
  to: Destination;
  /** The request's body with the order left out; see `bodyWith`. */
  bodyAround: [before: string, after: string];
  streams: number;
  intervalMs: number;
  openingMs: number;
  measureMs: number;
}

/** Large bodies at a steady rate, each on a connection of its own. */
export interface UploadsJob {
  kind: 'uploads';
  to: Destination;
  body: string;
  perSecond: number;
  durationMs: number;
  /** Marks in each whole answer. */
  marks: number;
}

export type Job = ClosedLoopJob | OpenStreamsJob | UploadsJob;

/** Which processes to look at while a job runs; null where there is none (no target between client and upstream). */
export interface Watched {
  target: number | null;
  upstream: number;
  /** The cores that they and the load client are pinned to; null when they are not. */
  cores: number[] | null;
}

export interface Usage {
  /** Of the target's process tree, over the measured time. */
  targetCpuMicros: number | null;
  targetRssBytes: number | null;
  /** Share of one core, 0 to 1. */
  targetBusy: number | null;
  /** Of the load client and the upstream together, which share a core. */
  feederBusy: number;
  /** What everything else on the machine took of these cores, as a share of one; null when nothing is pinned. */
  othersBusy: number | null;
}

export interface ClosedLoopResult {
  calls: number;
  errors: number;
  seconds: number;
  /** From the request's first byte to the first mark; null where answers carry none. */
  firstTokenMicros: Percentiles | null;
  callMicros: Percentiles;
  usage: Usage;
}

export interface OpenStreamsResult {
  /** Deltas that came in the measured time. */
  events: number;
  seconds: number;
  errors: number;
  /** Streams without an event in the last second (or ten intervals) of the measured time. */
  stalled: number;
  firstTokenMicros: Percentiles;
  /** From the upstream's write to the client's read. */
  eventDelayMicros: Percentiles;
  usage: Usage;
}

export interface UploadsResult {
  calls: number;
  errors: number;
  callMicros: Percentiles;
}

export interface Percentiles {
  p50: number;
  p99: number;
  max: number;
}

export interface JobResults {
  'closed-loop': ClosedLoopResult;
  'open-streams': OpenStreamsResult;
  uploads: UploadsResult;
}

export function bodyWith(around: [before: string, after: string], order: string): string {
  return around[0] + order + around[1];
}
