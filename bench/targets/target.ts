export type TargetName = 'direct' | 'nginx' | 'bare' | 'relay';

/** What a target needs to know to start. */
export interface Surroundings {
  upstreamPort: number;
  /** The core to run on, or null for any. */
  core: number | null;
  /** A folder of its own, removed when the benchmark ends. */
  folder: string;
}

/** One way from the load client to the upstream. */
export interface Target {
  port: number;
  headers: Record<string, string>;
  /** The root of the process tree that is measured; null when nothing stands between. */
  pid: number | null;
  stop(): Promise<void>;
}

export interface TargetKind {
  name: TargetName;
  label: string;
  /** Why it cannot run here, in a sentence; null when it can. */
  missing(): string | null;
  start(surroundings: Surroundings): Promise<Target>;
}
