import { randomBytes } from 'node:crypto';
import type { Timers } from '../src-shared/domain/timers.ts';
import type { Audit } from './accounts/audit.ts';
import { createTunnel } from './clients/tunnel/tunnel.ts';
import { thisMachine } from './config/data-folder.ts';
import { systemProcesses } from './config/process-identity.ts';
import type { SettingsStore } from './config/settings-store.ts';
import type { Gateway } from './gateway/gateway.ts';
import { createOllamaBridge } from './gateway/ollama/ollama-bridge.ts';
import type { GatewayPorts } from './gateway/ports.ts';
import { createTunnelDoor } from './gateway/tunnel-door.ts';
import type { Keys } from './keys/keys.ts';
import type { RelayOptions } from './relay-options.ts';

interface RelayBridgePorts {
  readonly options: RelayOptions;
  readonly gateway: Gateway;
  readonly ports: GatewayPorts;
  readonly keys: Keys;
  readonly settings: SettingsStore;
  readonly audit: Audit;
  readonly timers: Timers;
}

/** Ways to Relay for clients that cannot come to its own address. Each is off until a person opens it, and has a listener of its own. */
export function createRelayBridges({
  options,
  gateway,
  ports,
  keys,
  settings: store,
  audit,
  timers,
}: RelayBridgePorts) {
  const { dataDir, log, machine = thisMachine() } = options;
  const { settings, newId, clock, active } = ports;
  const care = { settings, newId, now: clock.now, log };
  const tunnel = createTunnel({
    ...{ dataDir, machine, keys, audit, randomBytes, clock, timers, log },
    door: createTunnelDoor({ ...care, gateway, isDraining: active.draining, keyOf: keys.authenticate }),
    processes: { ...systemProcesses, kill: (pid) => void process.kill(pid, 'SIGTERM') },
  });
  const ollama = createOllamaBridge({ ports, settings: store, keyOf: keys.identity, care, log });
  return {
    tunnel,
    ollama,
    /** Before Relay listens. */
    async start(): Promise<void> {
      await tunnel.recover();
      await ollama.start();
    },
    async stop(): Promise<void> {
      await Promise.all([tunnel.stop('automatic'), ollama.stop()]);
    },
  };
}

export type RelayBridges = ReturnType<typeof createRelayBridges>;
