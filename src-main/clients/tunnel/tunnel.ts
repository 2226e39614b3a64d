import type { Actor, AuditWhat } from '../../../src-shared/contract/audit.ts';
import type { KeyCreate, KeyCreated, KeyView } from '../../../src-shared/contract/key.ts';
import type {
  OpenTunnel,
  TunnelOpened,
  TunnelStart,
  TunnelVia,
  TunnelView,
} from '../../../src-shared/contract/tunnel.ts';
import { tunnelViaSchema } from '../../../src-shared/contract/tunnel.ts';
import type { Clock } from '../../../src-shared/domain/clock.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import type { Timers } from '../../../src-shared/domain/timers.ts';
import { formatClockTime } from '../../../src-shared/format/clock-time.ts';
import type { Machine } from '../../config/data-folder.ts';
import type { Processes } from '../../config/process-identity.ts';
import { findProgram } from '../find-program.ts';
import { type RunningTunnel, startTunnelProgram } from './tunnel-program.ts';
import { createTunnelRecord } from './tunnel-record.ts';

export interface TunnelPorts {
  readonly dataDir: string;
  readonly machine: Machine;
  readonly keys: {
    create(wanted: KeyCreate): Promise<KeyCreated>;
    revoke(id: string): Promise<unknown>;
    list(): readonly Pick<KeyView, 'id' | 'name' | 'revokedAt'>[];
  };
  /** The listener that the program leads to. Nobody is let in before `admit`. */
  readonly door: { open(): Promise<number>; admit(host: string, keyId: string): void; close(): Promise<void> };
  readonly audit: {
    record(entry: { actor: Actor; what: AuditWhat; account: null; detail: string }): Promise<void>;
  };
  readonly processes: Processes & { kill(pid: number): void };
  readonly randomBytes: (size: number) => Buffer;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: { warn(fields: object, sentence: string): void };
}

/** What one person's client needs; an address on the internet is tried by others too. */
const limits = {
  requestsPerMinute: 60,
  tokensPerMinute: 2_000_000,
  concurrency: 8,
  endpoints: ['responses', 'chat'] as ('responses' | 'chat')[],
};
const USUAL_MS = 12 * 3_600_000;

interface Open {
  readonly program: RunningTunnel;
  readonly via: TunnelVia;
  readonly keyId: string;
  readonly openedAt: number;
  readonly expiresAt: number;
  readonly cancelExpiry: () => void;
}

interface Opening {
  readonly via: TunnelVia;
  readonly cancel: AbortController;
  /** Never rejects. */
  readonly over: Promise<void>;
}

/** One tunnel at most, through a program that the person has installed. It ends with Relay, and its key with it. */
export function createTunnel(ports: TunnelPorts) {
  const { machine, keys, door, audit, processes, clock, timers, log } = ports;
  const record = createTunnelRecord(ports.dataDir);
  const listeners = new Set<() => void>();
  let open: Open | null = null;
  let opening: Opening | null = null;
  let reason: string | null = null;

  const changed = (): void => {
    for (const tell of listeners) tell();
  };
  const installed = (): TunnelVia[] => tunnelViaSchema.options.filter((via) => findProgram(via, machine) !== null);

  const now = (): OpenTunnel | null =>
    open === null
      ? null
      : {
          via: open.via,
          baseUrl: `https://${open.program.host}/v1`,
          openedAt: open.openedAt,
          expiresAt: open.expiresAt,
        };

  const view = (): TunnelView => ({
    state: open !== null ? 'open' : opening !== null ? 'opening' : 'off',
    via: opening?.via ?? null,
    baseUrl: null,
    keyId: open?.keyId ?? null,
    openedAt: null,
    expiresAt: null,
    ...now(),
    reason,
    installed: installed(),
  });

  /** `why` follows the host's name in the audit. */
  async function close(by: Actor, why: string): Promise<void> {
    const closing = open;
    if (closing === null) return;
    open = null;
    closing.cancelExpiry();
    changed();
    try {
      // In this order: from here on nobody comes in, whatever else fails.
      await door.close();
      await closing.program.stop();
      await keys.revoke(closing.keyId);
      record.remove();
      const detail = `The tunnel at ${closing.program.host} was closed: ${why} Its key is revoked.`;
      await audit.record({ actor: by, what: 'tunnel-closed', account: null, detail });
    } catch (error) {
      // What is written down of it is revoked at the next start.
      log.warn({ err: error }, 'The end of the tunnel could not be written down');
    }
  }

  async function endByItself(why: string): Promise<void> {
    reason = why;
    log.warn({}, `The tunnel was closed: ${why}`);
    await close('automatic', why);
  }

  async function bringUp(via: TunnelVia, path: string, forMs: number, cancelled: AbortSignal, by: Actor) {
    const keyName = `Tunnel ${ports.randomBytes(4).toString('hex')}`;
    let program: RunningTunnel | null = null;
    try {
      const port = await door.open();
      record.write({ keyName, keyId: null, program: null });
      if (cancelled.aborted) throw cancelledSentence();
      program = await startTunnelProgram({
        ...{ via, path, port, timers, cancelled, variables: machine.variables },
        started: (pid) => record.write({ keyName, keyId: null, program: { pid, identity: processes.identity(pid) } }),
      });
      if (cancelled.aborted) throw cancelledSentence();
      const openedAt = clock.now();
      const expiresAt = openedAt + forMs;
      const { key, secret } = await keys.create({ name: keyName, ...limits, expiresAt });
      record.write({ keyName, keyId: key.id, program: record.read()?.program ?? null });
      const detail = `A tunnel was opened at ${program.host} through ${via}, for the key ${keyName} alone, until ${formatClockTime(expiresAt, openedAt)}.`;
      await audit.record({ actor: by, what: 'tunnel-opened', account: null, detail });
      if (cancelled.aborted) throw cancelledSentence();
      door.admit(program.host, key.id);
      const cancelExpiry = timers.set(forMs, () => void endByItself('its time was over.'));
      open = { program, via, keyId: key.id, openedAt, expiresAt, cancelExpiry };
      const own = open;
      void program.ended.then((words) => (open === own ? endByItself(`${via} ended: ${words}`) : undefined));
      return secret;
    } catch (error) {
      await door.close();
      await program?.stop();
      await revokeLeft();
      throw cancelled.aborted ? cancelledSentence() : error;
    }
  }

  /** Revokes the key that is written down, and forgets it. */
  async function revokeLeft(): Promise<boolean> {
    const left = record.read();
    if (left === null) return false;
    const own = keys.list().filter(({ id, name }) => (left.keyId === null ? name === left.keyName : id === left.keyId));
    for (const key of own) if (key.revokedAt === null) await keys.revoke(key.id);
    record.remove();
    return own.length > 0;
  }

  return {
    view,
    /** `null` while none is open. */
    now,
    onChange(tell: () => void): () => void {
      listeners.add(tell);
      return () => {
        listeners.delete(tell);
      };
    },
    /** Rejects with `conflict` where one is open, `not_found` where no program is installed, and as `startTunnelProgram` does. */
    async start({ via: wanted, forMs = USUAL_MS }: TunnelStart, by: Actor): Promise<TunnelOpened> {
      if (open !== null || opening !== null) {
        throw new RelayError('conflict', { message: 'A tunnel is open already. Close it first: relay tunnel stop' });
      }
      const via = wanted ?? installed()[0];
      const path = via === undefined ? null : findProgram(via, machine);
      if (via === undefined || path === null) throw new RelayError('not_found', { message: notInstalled(wanted) });
      const cancel = new AbortController();
      reason = null;
      const coming = bringUp(via, path, forMs, cancel.signal, by);
      const over = coming.then(
        () => undefined,
        () => undefined,
      );
      opening = { via, cancel, over };
      changed();
      try {
        const secret = await coming;
        return { ...view(), secret };
      } finally {
        opening = null;
        changed();
      }
    },
    /** May be repeated. Ends one that is still opening, too. */
    async stop(by: Actor): Promise<TunnelView> {
      opening?.cancel.abort();
      await opening?.over;
      await close(by, by === 'automatic' ? 'Relay ended.' : 'somebody closed it.');
      return view();
    },
    /** Takes back what a Relay that was killed has left open. */
    async recover(): Promise<void> {
      const left = record.read();
      if (left === null) return;
      const { program } = left;
      if (program?.identity != null && processes.identity(program.pid) === program.identity)
        processes.kill(program.pid);
      if (!(await revokeLeft())) return;
      const detail = `Relay had ended while a tunnel was open. Its key ${left.keyName} is revoked.`;
      await audit.record({ actor: 'automatic', what: 'tunnel-closed', account: null, detail });
    },
  };
}
export type Tunnel = ReturnType<typeof createTunnel>;

const cancelledSentence = (): RelayError =>
  new RelayError('conflict', { message: 'The tunnel was closed before it was open.' });

const notInstalled = (wanted: TunnelVia | undefined): string => {
  const who = wanted === undefined ? 'Neither cloudflared nor tailscale is' : `${wanted} is not`;
  return `${who} installed. Install cloudflared (https://github.com/cloudflare/cloudflared) or Tailscale (https://tailscale.com/download) and try again.`;
};
