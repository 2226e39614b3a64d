import type { Settings } from '../src-shared/contract/settings.ts';
import type { Clock } from '../src-shared/domain/clock.ts';
import type { Timers } from '../src-shared/domain/timers.ts';
import type { Machine } from './config/data-folder.ts';
import type { Environment } from './config/environment.ts';
import type { Log } from './log/log.ts';
import type { SealKeyDeriver } from './secrets/sealed-secrets.ts';

/** Other machines may reach Relay. */
export interface LanOptions {
  /** Names and addresses under which they know this machine. */
  readonly hosts: readonly string[];
  /** PEM; `null` where the person has chosen to do without encryption. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
}

export interface RelayOptions {
  readonly dataDir: string;
  readonly environment: Environment;
  /** Settings of this run only; they win over the stored ones. */
  readonly settings?: Partial<Settings>;
  /** Consent to keep a damaged or foreign database aside and begin a new one. */
  readonly recover?: boolean;
  readonly port: number;
  /** Default 127.0.0.1; any other than a loopback address needs `lan`. This machine's own programs reach Relay on the loopback all the same. */
  readonly bind?: string;
  readonly lan?: LanOptions | null;
  readonly clock?: Clock;
  readonly timers?: Timers;
  readonly log: Log;
  readonly demo?: boolean;
  readonly desktop?: boolean;
  /** Whose clients are set up; default: whoever runs Relay. */
  readonly machine?: Machine;
  readonly passphrase?: () => Promise<string | null>;
  /** May have begun with the key of the secrets' file already. */
  readonly deriveSealKey?: SealKeyDeriver;
  /** Where a browser comes back to after signing in; default 1455 and 1457, which alone the real service allows. */
  readonly callbackPorts?: readonly number[];
}
