import type { Machine } from '../config/data-folder.ts';
import type { Setting } from './setting-edit.ts';

export type ConfigFormat = 'toml' | 'jsonc' | 'yaml';

/** What Relay would write into one file of a client. */
export interface ConfigEdit {
  readonly path: string;
  readonly format: ConfigFormat;
  readonly settings: readonly Setting[];
}

export interface SetupPlan {
  readonly edits: readonly ConfigEdit[];
  /** What the client will send: a key made for it, or the token of a login that Relay has linked. */
  readonly sends: { readonly kind: 'key' } | { readonly kind: 'login'; readonly token: string };
  /** What a person should know before and after. */
  readonly notes: readonly string[];
  /** What only the person can do, in the client itself. The key is shown beside it. */
  readonly steps: readonly string[];
}

/** A model as clients are told of it. */
export interface ClientModel {
  readonly id: string;
  readonly name: string;
  /** Tokens. */
  readonly contextWindow: number;
}

export interface SetupContext {
  readonly machine: Machine;
  /** Relay's own address without a path, and the same with `/v1`. */
  readonly url: string;
  readonly baseUrl: string;
  /** Never empty; the first is the one to offer. */
  readonly models: readonly ClientModel[];
  /** What to write as the key. */
  readonly secret: string;
  /** The text of a file, `null` where there is none. */
  readonly read: (path: string) => string | null;
  /** Whether Relay takes this login token in place of a key. */
  readonly accepts: (token: string) => Promise<boolean>;
}

/** A client that Relay can set up by itself. */
export interface ClientSetup {
  readonly id: string;
  readonly name: string;
  /** Names of its program, as it would be found in PATH. */
  readonly programs: readonly string[];
  /** Files and folders whose existence shows that it is used here. */
  signs(machine: Machine): readonly string[];
  plan(context: SetupContext): Promise<SetupPlan>;
}
