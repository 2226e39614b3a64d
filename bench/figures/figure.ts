import type { Destination, Watched } from '../load/job.ts';
import type { LoadClient } from '../load-client.ts';
import type { TargetName } from '../targets/target.ts';

/** A row of a figure: a target, and which of the two protocols it is asked in. */
export interface Lane {
  name: LaneName;
  target: TargetName;
  surface: 'responses' | 'chat';
}

export type LaneName = TargetName | 'relay chat';

export interface Metric {
  name: string;
  label: string;
  unit: 'ms' | 'us' | '/s' | 'MB' | 'kB' | '%' | '';
  digits: number;
  /** The value is what the lane adds to the direct lane's `over` in the same round. */
  over?: string;
}

export interface Goal {
  metric: string;
  lane: LaneName;
  bound: 'at most' | 'at least';
  limit: number;
  /** With a lane, `limit` is a ratio to it; without, a value in the metric's unit. */
  against?: LaneName;
}

/** A metric's values by its name; null where the system does not tell. */
export type Values = Record<string, number | null>;

export interface Bench {
  to: Destination;
  watched: Watched;
  load: LoadClient;
  /** A second client beside the first. */
  secondLoad: LoadClient;
  /** Where targets run; null for any core. */
  core: number | null;
  /** Shortens what is measured, for a quick look. */
  scale: number;
}

export interface Figure {
  /** As in the list of goals: P1, P2 ... */
  id: string;
  title: string;
  rounds: number;
  lanes: Lane[];
  /** The direct lane is measured in every round, not only in the first. */
  directInEveryRound: boolean;
  /** Every measurement gets a target started for it, so that nothing before it shows in its memory. */
  freshTargets: boolean;
  metrics: Metric[];
  goals: Goal[];
  measure(bench: Bench, lane: Lane): Promise<Values>;
}

const direct: Lane = { name: 'direct', target: 'direct', surface: 'responses' };
const nginx: Lane = { name: 'nginx', target: 'nginx', surface: 'responses' };
const bare: Lane = { name: 'bare', target: 'bare', surface: 'responses' };
export const relay: Lane = { name: 'relay', target: 'relay', surface: 'responses' };
export const relayChat: Lane = { name: 'relay chat', target: 'relay', surface: 'chat' };
export const responsesLanes: Lane[] = [direct, nginx, bare, relay];
