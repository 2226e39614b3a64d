import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Credential } from '../protocol/credential.ts';
import type { SecretStore } from '../secrets/secret-store.ts';
import { createTurns } from '../secrets/turns.ts';
import type { Account } from './account.ts';
import { type AccountSecret, bearerOf, type ChatgptSecret, readAccountSecret, secretName } from './account-secret.ts';
import { readLoginClaims } from './jwt-claims.ts';
import { isNewer, isSameLogin, readLinkedFile } from './linked-file.ts';
import type { Login } from './login.ts';
import { loginTimes } from './login-times.ts';
import { createPacedLooks } from './paced-looks.ts';

export interface CredentialPorts {
  readonly secrets: SecretStore;
  readonly readFile: (path: string) => Promise<string>;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  /** Told when a linked file held a newer login of the same account. */
  readonly adopted: (account: Account, login: Login) => void;
}

export interface Credentials {
  /** Durable when the promise resolves; only then is the secret used. */
  keep(account: Account, secret: AccountSecret): Promise<void>;
  /**
   * As `keep`, but only while the account still holds this refresh token; false where something newer took its place.
   * `inMemory` holds the secret also where the store fails.
   */
  replace(account: Account, refreshToken: string, secret: ChatgptSecret, inMemory?: 'inMemory'): Promise<boolean>;
  erase(account: Account): Promise<void>;
  /** Reads the secret again at the next use. */
  forget(account: Account): void;
  /** Rejects with `secrets_locked` where the secret cannot be read. */
  of(account: Account): Promise<Credential>;
  /** As `of`, the whole secret; never for a header. */
  secretOf(account: Account): Promise<AccountSecret>;
  /** What is held now, without a look at the store. */
  held(account: Account): AccountSecret | null;
  /** The account that holds exactly this bearer, among those given. */
  holder(bearer: string, among: readonly Account[]): Promise<Account | null>;
  /** Looks whether the linked file holds a newer login, at most once in 5 s. */
  reread(account: Account): Promise<void>;
  /** The same, however short ago the last look was. */
  rereadNow(account: Account): Promise<void>;
}

/** How old the last look at a linked file, or at a store that had nothing, may be. */
const LOOK_AGAIN_MS = 5_000;

interface Held {
  readonly secret: AccountSecret;
  readonly credential: Credential;
  readonly digest: Buffer;
}

/** The secrets of accounts in memory, backed by the SecretStore and, for linked logins, by another program's file. */
export function createCredentials({ secrets, readFile, clock, random, adopted }: CredentialPorts): Credentials {
  const held = new Map<string, Held>();
  const erased = new Set<string>();
  const rereads = createPacedLooks(clock, LOOK_AGAIN_MS);
  const loads = createPacedLooks(clock, LOOK_AGAIN_MS);
  /** What is in memory is what was written last, also when two write at once. */
  const inTurn = createTurns();

  const hold = (account: Account, secret: AccountSecret): Held => {
    const bearer = bearerOf(secret);
    const entry: Held = {
      secret,
      credential: { authorization: `Bearer ${bearer}`, accountId: account.upstreamAccountId },
      digest: digestOf(bearer),
    };
    if (!erased.has(account.id)) held.set(account.id, entry);
    account.keyringLocked = null;
    account.login = loginTimes(secret, account, random());
    return entry;
  };

  const load = async (account: Account): Promise<Held> => {
    const known = held.get(account.id);
    if (known !== undefined) return known;
    try {
      const text = await secrets.get(secretName(account.id));
      const secret = text === null ? null : readAccountSecret(text);
      if (secret === null) throw new RelayError('secrets_locked', { message: missing });
      return held.get(account.id) ?? hold(account, secret);
    } catch (error) {
      account.keyringLocked = error instanceof RelayError ? error.message : missing;
      throw error instanceof RelayError ? error : new RelayError('secrets_locked', { message: missing, cause: error });
    }
  };

  const write = async (account: Account, secret: AccountSecret): Promise<void> => {
    await secrets.set(secretName(account.id), JSON.stringify(secret));
    hold(account, secret);
  };

  const keep = (account: Account, secret: AccountSecret): Promise<void> => inTurn(() => write(account, secret));

  const adoptFrom = async (account: Account, path: string): Promise<void> => {
    const login = await readLinkedFile(readFile, path);
    if (login === null || !isSameLogin(account, login)) return;
    const known = await load(account).catch(() => null);
    if (erased.has(account.id) || (known !== null && !isNewer(login.secret, known.secret))) return;
    // The file itself keeps the login when the store cannot.
    await keep(account, login.secret).catch(() => hold(account, login.secret));
    adopted(account, login);
  };

  const look = (account: Account, when: 'look' | 'lookNow'): Promise<void> => {
    const { linkedFile } = account;
    if (linkedFile === null || erased.has(account.id)) return Promise.resolve();
    return rereads[when](account.id, () => adoptFrom(account, linkedFile));
  };

  return {
    keep,
    replace: (account, refreshToken, secret, inMemory) =>
      inTurn(async () => {
        const known = held.get(account.id)?.secret;
        if (known?.type !== 'chatgpt' || known.refreshToken !== refreshToken) return false;
        try {
          await write(account, secret);
        } catch (error) {
          if (inMemory === undefined) throw error;
          hold(account, secret);
        }
        return true;
      }),
    reread: (account) => look(account, 'look'),
    rereadNow: (account) => look(account, 'lookNow'),
    async erase(account) {
      erased.add(account.id);
      await rereads.running(account.id);
      try {
        await inTurn(() => secrets.delete(secretName(account.id)));
        held.delete(account.id);
      } catch (error) {
        erased.delete(account.id);
        throw error;
      }
    },
    forget(account) {
      held.delete(account.id);
      account.login = null;
      rereads.forget(account.id);
      loads.forget(account.id);
    },
    async of(account) {
      await look(account, 'look');
      return (await load(account)).credential;
    },
    secretOf: async (account) => (await load(account)).secret,
    held: (account) => held.get(account.id)?.secret ?? null,
    async holder(bearer, among) {
      const unread = among.filter((account) => !held.has(account.id));
      await Promise.all(unread.map((account) => loads.look(account.id, () => load(account).then(nothing, nothing))));
      const digest = digestOf(bearer);
      const matching = () => among.find((account) => isEqual(held.get(account.id)?.digest, digest)) ?? null;
      const found = matching();
      if (found !== null) return found;
      const named = readLoginClaims(bearer);
      const account = among.find((each) => each.linkedFile !== null && named !== null && isNamed(each, named));
      if (account === undefined) return null;
      await look(account, 'look');
      return matching();
    },
  };
}

const nothing = (): void => undefined;

const isNamed = (account: Account, claims: { accountId: string | null; userId: string | null }): boolean =>
  claims.accountId !== null &&
  account.upstreamAccountId === claims.accountId &&
  (claims.userId === null || account.upstreamUserId === claims.userId);

const digestOf = (bearer: string): Buffer => createHash('sha256').update(bearer).digest();

const isEqual = (a: Buffer | undefined, b: Buffer): boolean => a !== undefined && timingSafeEqual(a, b);

const missing = 'The secret of this account cannot be read. Unlock your keyring, or add the account again.';
