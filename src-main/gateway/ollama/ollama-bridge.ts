import type { OllamaView } from '../../../src-shared/contract/ollama.ts';
import type { SettingName, Settings } from '../../../src-shared/contract/settings.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import { findPortHolder, type PortHolder } from '../../config/port-holder.ts';
import { errorBody } from '../../protocol/error-body.ts';
import { ollamaError } from '../call-shape.ts';
import { createGatewayHandler } from '../gateway-handler.ts';
import { createHostGuard } from '../host-guard.ts';
import type { CallerIdentity, GatewayPorts } from '../ports.ts';
import type { ServerCarePorts } from '../server-care.ts';
import { createSideServer } from '../side-server.ts';
import { createOllamaGateway } from './ollama-gateway.ts';
import { refuseForeignSites } from './site-guard.ts';

export interface OllamaBridgePorts {
  readonly ports: GatewayPorts;
  readonly settings: {
    all(): Settings;
    onChange(listener: (settings: Settings, changed: readonly SettingName[]) => void): () => void;
  };
  /** The key with this id, where it is valid now. */
  readonly keyOf: (id: string) => CallerIdentity | null;
  readonly care: ServerCarePorts;
  readonly holderOf?: (port: number) => Promise<PortHolder | null>;
  readonly log: { warn(fields: object, sentence: string): void };
}

/**
 * A listener for clients that speak only Ollama's protocol, on the loopback, while the settings want it. Most of them send no
 * key: theirs is the one that the settings name. Whoever sends a Relay key is held to that.
 */
export function createOllamaBridge({
  ports,
  settings,
  keyOf,
  care,
  holderOf = findPortHolder,
  log,
}: OllamaBridgePorts) {
  const chosen = (): CallerIdentity => {
    const id = settings.all()['ollama.keyId'];
    const identity = id === null ? null : keyOf(id);
    if (identity !== null) return identity;
    const why =
      id === null
        ? 'No key is chosen for clients that send none'
        : 'The key for clients that send none is revoked or expired';
    throw new RelayError('invalid_api_key', {
      message: `${why}. Choose one on the Connect page, or with: relay ollama start`,
    });
  };
  const callers: GatewayPorts['callers'] = {
    // Clients of Ollama's OpenAI surface send any word as their key.
    identify: (secret) => (secret.startsWith('sk-relay-') ? ports.callers.identify(secret) : chosen()),
    used: ports.callers.used,
    keyless: chosen,
  };
  let port = 0;
  let state: Pick<OllamaView, 'state' | 'reason'> = { state: 'off', reason: null };
  const server = createSideServer(
    [
      createHostGuard(
        () => port,
        () => settings.all()['hosts.allowed'],
      ),
      refuseForeignSites,
      createGatewayHandler({
        gateway: createOllamaGateway({ ...ports, callers }),
        isDraining: ports.active.draining,
      }),
    ],
    {
      ...care,
      errorBody: (error, now, path) => (path.startsWith('/v1/') ? errorBody(error, now) : ollamaError(error)),
    },
  );

  async function open(wanted: number): Promise<void> {
    try {
      port = await server.listen(wanted);
      state = { state: 'listening', reason: null };
    } catch (error) {
      const reason = await whyNot(wanted, error);
      state = { state: 'failed', reason };
      log.warn({ err: error }, reason);
    }
  }

  async function whyNot(wanted: number, error: unknown): Promise<string> {
    if ((error as { code?: string }).code !== 'EADDRINUSE') return `Port ${wanted} cannot be used for Ollama clients.`;
    const holder = await holderOf(wanted);
    const who = holder === null ? 'another program' : `${holder.name} (process ${holder.pid})`;
    return `Port ${wanted} is taken by ${who}. End that, or choose another port for Ollama clients.`;
  }

  /** One change after the other, each by what the settings say by then. */
  let last: Promise<void> = Promise.resolve();
  let held: number | null = null;
  const follow = (over = false): Promise<void> => {
    last = last.then(async () => {
      const { 'ollama.enabled': enabled, 'ollama.port': asked } = settings.all();
      const wanted = enabled && !over ? asked : null;
      if (wanted === held && state.state !== 'failed') return;
      held = wanted;
      await server.close();
      state = { state: 'off', reason: null };
      if (wanted !== null) await open(wanted);
    });
    return last;
  };
  let unsubscribe = (): void => undefined;

  return {
    async view(): Promise<OllamaView> {
      await last;
      const keyId = settings.all()['ollama.keyId'];
      const url = state.state === 'listening' ? `http://127.0.0.1:${port}` : null;
      return { ...state, url, keyId, keyWorks: keyId !== null && keyOf(keyId) !== null };
    },
    start(): Promise<void> {
      unsubscribe = settings.onChange((_, changed) => {
        if (changed.some((name) => name === 'ollama.enabled' || name === 'ollama.port')) void follow();
      });
      return follow();
    },
    stop(): Promise<void> {
      unsubscribe();
      return follow(true);
    },
  };
}
