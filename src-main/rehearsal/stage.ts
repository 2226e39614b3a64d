import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { type Environment, readEnvironment } from '../config/environment.ts';
import type { Keys } from '../keys/keys.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Log } from '../log/log.ts';
import type { RehearsalPorts } from './rehearsal.ts';

/** As much of `createRelay` as a stage needs; it is given, because this room lies below the one that wires them all. */
export type CreateRelay = (options: {
  readonly dataDir: string;
  readonly environment: Environment;
  readonly settings: Partial<Settings>;
  readonly port: number;
  readonly log: Log;
}) => Promise<{
  readonly accounts: Pick<Accounts, 'importAuthJson'>;
  readonly keys: Pick<Keys, 'create'>;
  readonly ledger: Pick<Ledger, 'calls'>;
  refreshModels(accountId: string): Promise<void>;
  start(): Promise<{ readonly url: string }>;
  stop(): Promise<void>;
}>;

/** Opens a Relay on a free port with a data folder that goes with it, secrets in memory, and the simulator as its only upstream. */
export const createStageOpener =
  (createRelay: CreateRelay, log: Log): RehearsalPorts['openStage'] =>
  async (settings, { issuer, ...upstreams }, accounts) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'relay-rehearsal-'));
    const environment = { ...readEnvironment({}), ...upstreams, authIssuer: issuer, secrets: 'memory' as const };
    const remove = () => rm(dataDir, { recursive: true, force: true });
    const relay = await createRelay({ dataDir, environment, settings, port: 0, log }).catch(async (error: unknown) => {
      await remove();
      throw error;
    });
    const stop = async (): Promise<void> => {
      await relay.stop();
      await remove();
    };
    try {
      for (const { label, authJson } of accounts) {
        const { id } = await relay.accounts.importAuthJson({ content: authJson, label, acceptShared: true });
        await relay.refreshModels(id);
      }
      const { url } = await relay.start();
      return {
        url,
        stop,
        async keyFor(labels) {
          return (await relay.keys.create({ name: 'Rehearsal', accounts: [...labels] })).secret;
        },
        lastCall: async () => (await relay.ledger.calls({ limit: 1 })).calls[0] ?? null,
      };
    } catch (error) {
      await stop();
      throw error;
    }
  };
