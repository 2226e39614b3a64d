import type { Clock } from '../../src-shared/domain/clock.ts';
import { encryptedOutput } from '../protocol/encrypted-items.ts';
import type { Frame } from '../protocol/sse-frames.ts';
import type { Affinity } from './affinity.ts';
import type { Cooldowns } from './cooldowns.ts';
import type { EncryptedOrigins } from './encrypted-origins.ts';
import type { Failure } from './failure.ts';
import { type LimitFamilies, modelFamily } from './limit-families.ts';
import type { AccountPool, RoutedAccount } from './ports.ts';

export interface LearnPorts {
  readonly accounts: AccountPool;
  readonly cooldowns: Cooldowns;
  readonly families: LimitFamilies;
  readonly clock: Clock;
}

/** For how long an account is not asked again for a model that it refused (FAULTS U-09). */
const LACKS_MODEL_MS = 3_600_000;

/** Writes down what a failure says about the account; a fault of the path or the request says nothing about it (FAULTS 1.2.5). */
export function learn(
  { accounts, cooldowns, families, clock }: LearnPorts,
  account: RoutedAccount,
  model: string,
  failure: Failure,
): void {
  const now = clock.now();
  switch (failure.blame) {
    case 'limit': {
      const family = failure.family ?? modelFamily(model);
      // Only the ChatGPT backend has families; a spent API key is spent for every model.
      if (failure.family !== null && account.kind === 'chatgpt') families.learn(model, family);
      const until = failure.restUntil ?? now + cooldowns.next(account.id, family);
      accounts.rest(account.id, family, until, failure.error.message);
      if (!families.of(model).includes(family)) {
        accounts.rest(account.id, modelFamily(model), until, failure.error.message);
      }
      return;
    }
    case 'plan':
      return accounts.needsSignIn(account.id, failure.error.message);
    case 'model':
      return accounts.lacksModel(account.id, model, now + LACKS_MODEL_MS);
    default:
  }
}

export interface OriginPorts {
  readonly origins: Pick<EncryptedOrigins, 'learn'>;
  readonly affinity: Pick<Affinity, 'compacted'>;
}

/** Remembers which account made the encrypted state in a finished item (PROTOCOL 9.1). */
export function learnOrigin(
  { origins, affinity }: OriginPorts,
  conversationId: string,
  accountId: string,
  { buf, dataStart, dataEnd }: Frame,
): void {
  const made = encryptedOutput(buf.subarray(dataStart, dataEnd));
  if (made === null) return;
  origins.learn(made.digest, accountId);
  if (!made.droppable) affinity.compacted(conversationId);
}
