import type { IncomingHttpHeaders } from 'node:http';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { KeyGate } from '../keys/key-gate.ts';
import type { KeyIdentity } from '../keys/keys.ts';
import type { Affinity } from '../routing/affinity.ts';
import type { EncryptedOrigins } from '../routing/encrypted-origins.ts';
import type { Router } from '../routing/router.ts';
import type { ActiveCalls } from './active-calls.ts';
import type { BodyRoom } from './body-room.ts';
import type { CallPorts } from './call.ts';
import type { Captures } from './call-capture.ts';
import type { CallEstimates } from './call-estimate.ts';
import type { KeptResponses } from './kept-responses.ts';

/** Who sends: a Relay key, or a linked Codex login that came with its own token. */
export type CallerIdentity = KeyIdentity;

export interface Callers {
  /** `null` where the secret is not valid. Throws `rate_limit_exceeded` where too many of them are not. */
  identify(secret: string): CallerIdentity | Promise<CallerIdentity | null> | null;
  used(identity: CallerIdentity, client: string | null, at: number): void;
  /** Whose calls are those that bring no key; without this they are refused. Throws `invalid_api_key`. */
  keyless?(): CallerIdentity;
}

export interface ModelCatalogue {
  isKnown(model: string): boolean;
  /** One body that both the OpenAI SDKs and the Codex CLI take (PROTOCOL 6.3), for what a caller may use. */
  list(allowed: readonly string[] | null): { readonly body: Record<string, unknown>; readonly etag: string };
}

/** The pool seen as one account, for clients that show quota. */
export interface PoolView {
  usage(): Record<string, unknown>;
  accountsCheck(clientAccountId: string | null): Record<string, unknown>;
  /** `x-codex-*` header pairs with the pooled windows (PROTOCOL 3.5). */
  headers(): Record<string, string>;
  /** The same as a `codex.rate_limits` event. */
  event(): Record<string, unknown>;
}

export interface GatewayLog {
  error(fields: Record<string, unknown>, sentence: string): void;
}

export interface GatewayPorts {
  readonly callers: Callers;
  readonly router: Router;
  readonly affinity: Affinity;
  readonly origins: EncryptedOrigins;
  readonly kept: KeptResponses;
  readonly calls: CallPorts;
  readonly captures: Captures;
  readonly gate: KeyGate;
  readonly estimates: CallEstimates;
  readonly active: ActiveCalls;
  /** For bodies that are on their way. */
  readonly bodies: BodyRoom;
  /** Throws `relay_paused` while a person has paused Relay. */
  readonly pause: { check(): void };
  readonly models: ModelCatalogue;
  readonly pool: PoolView;
  readonly passthrough: Passthrough;
  readonly settings: () => Settings;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly version: string;
  readonly log: GatewayLog;
}

/** Sends what the ChatGPT backend does not serve to an API-key account, bytes as they are. */
export interface Passthrough {
  /** The account that can serve it, or `null` where there is none. Throws `no_available_accounts` where none can now. */
  account(identity: CallerIdentity): { readonly id: string; readonly label: string } | null;
  send(
    accountId: string,
    request: { method: 'GET' | 'POST'; path: string; headers: Record<string, string>; body: Buffer | null },
    observer: {
      head(status: number, headers: IncomingHttpHeaders): void;
      data(chunk: Buffer): boolean;
      end(): void;
      error(error: Error): void;
    },
  ): Promise<{ cancel(): void; resume(): void }>;
}
