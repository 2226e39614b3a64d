import type { Settings } from '../src-shared/contract/settings.ts';
import type { Clock } from '../src-shared/domain/clock.ts';
import type { Timers } from '../src-shared/domain/timers.ts';
import type { Machine } from './config/data-folder.ts';
import type { Environment } from './config/environment.ts';
import type { Log } from './log/log.ts';

export interface RelayOptions {
  readonly dataDir: string;
  readonly environment: Environment;
  /** Settings of this run only; they win over the stored ones. */
  readonly settings?: Partial<Settings>;
  /** Consent to keep a damaged or foreign database aside and begin a new one. */
  readonly recover?: boolean;
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly bind?: string;
  readonly clock?: Clock;
  readonly timers?: Timers;
  readonly log: Log;
  readonly demo?: boolean;
  readonly desktop?: boolean;
  /** Whose clients are set up; default: whoever runs Relay. */
  readonly machine?: Machine;
  readonly passphrase?: () => Promise<string | null>;
  /** Where a browser comes back to after signing in; default 1455 and 1457, which alone the real service allows. */
  readonly callbackPorts?: readonly number[];
}
