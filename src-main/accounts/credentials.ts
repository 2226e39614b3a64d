import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { SecretStore } from '../secrets/secret-store.ts';
import type { Account } from './account.ts';
import { type AccountSecret, bearerOf, readAccountSecret, secretName } from './account-secret.ts';
import { readAuthJson } from './auth-json.ts';
import { readLoginClaims } from './jwt-claims.ts';
import type { Login } from './login.ts';

export interface Credential {
  /** The whole `authorization` header value. */
  readonly authorization: string;
  /** The ChatGPT workspace, for `chatgpt-account-id`. */
  readonly accountId: string | null;
}

export interface CredentialPorts {
  readonly secrets: SecretStore;
  readonly readFile: (path: string) => Promise<string>;
  readonly clock: Clock;
  /** Told when a linked file held a newer login of the same account. */
  readonly adopted: (account: Account, login: Login) => void;
}

export interface Credentials {
  /** Durable when the promise resolves; only then is the secret used. */
  keep(account: Account, secret: AccountSecret): Promise<void>;
  erase(account: Account): Promise<void>;
  /** Reads the secret again at the next use. */
  forget(account: Account): void;
  /** Rejects with `secrets_locked` where the secret cannot be read. */
  of(account: Account): Promise<Credential>;
  /** The account that holds exactly this bearer, among those given. */
  holder(bearer: string, among: readonly Account[]): Promise<Account | null>;
  /** Looks whether the linked file holds a newer login now. */
  reread(account: Account): Promise<void>;
}

/** How old the last look at a linked file, or at a store that had nothing, may be. */
const LOOK_AGAIN_MS = 5_000;

interface Held {
  readonly secret: AccountSecret;
  readonly credential: Credential;
  readonly digest: Buffer;
}

/** The secrets of accounts in memory, backed by the SecretStore and, for linked logins, by another program's file. */
export function createCredentials({ secrets, readFile, clock, adopted }: CredentialPorts): Credentials {
  const held = new Map<string, Held>();
  const rereads = createPacedLooks(clock);
  const loads = createPacedLooks(clock);

  const erased = new Set<string>();

  const hold = (account: Account, secret: AccountSecret): Held => {
    const bearer = bearerOf(secret);
    const entry: Held = {
      secret,
      credential: { authorization: `Bearer ${bearer}`, accountId: account.upstreamAccountId },
      digest: digestOf(bearer),
    };
    if (!erased.has(account.id)) held.set(account.id, entry);
    account.keyringLocked = null;
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

  const keep = async (account: Account, secret: AccountSecret): Promise<void> => {
    await secrets.set(secretName(account.id), JSON.stringify(secret));
    hold(account, secret);
  };

  const adoptFrom = async (account: Account, path: string): Promise<void> => {
    const login = await readLogin(readFile, path);
    if (login === null || !isSameLogin(account, login)) return;
    const known = await load(account).catch(() => null);
    if (known !== null && (bearerOf(known.secret) === bearerOf(login.secret) || isOlder(login.secret, known.secret))) {
      return;
    }
    // The file itself keeps the login when the store cannot.
    await keep(account, login.secret).catch(() => hold(account, login.secret));
    adopted(account, login);
  };

  const reread = async (account: Account): Promise<void> => {
    const { linkedFile } = account;
    if (linkedFile !== null && !erased.has(account.id))
      await rereads.look(account.id, () => adoptFrom(account, linkedFile));
  };

  return {
    keep,
    reread,
    async erase(account) {
      erased.add(account.id);
      await rereads.running(account.id);
      try {
        await secrets.delete(secretName(account.id));
        held.delete(account.id);
      } catch (error) {
        erased.delete(account.id);
        throw error;
      }
    },
    forget(account) {
      held.delete(account.id);
      rereads.forget(account.id);
      loads.forget(account.id);
    },
    async of(account) {
      await reread(account);
      return (await load(account)).credential;
    },
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
      await reread(account);
      return matching();
    },
  };
}

const nothing = (): void => undefined;

/** One look at a time for each id, and none sooner than LOOK_AGAIN_MS after the last. */
function createPacedLooks(clock: Clock) {
  const looks = new Map<string, { at: number; running: Promise<void> }>();
  return {
    look(id: string, work: () => Promise<void>): Promise<void> {
      const last = looks.get(id);
      if (last !== undefined && clock.monotonic() - last.at < LOOK_AGAIN_MS) return last.running;
      const running = work();
      looks.set(id, { at: clock.monotonic(), running });
      return running;
    },
    running: async (id: string): Promise<void> => looks.get(id)?.running,
    forget: (id: string): void => {
      looks.delete(id);
    },
  };
}

/** Half-written by its owner, gone, or not a login any more: then the login that is known stays. */
async function readLogin(readFile: (path: string) => Promise<string>, path: string): Promise<Login | null> {
  try {
    const login = readAuthJson(await readFile(path));
    return login.kind === 'chatgpt' ? login : null;
  } catch {
    return null;
  }
}

/** Logins are told apart by workspace and user, never by mail. */
export const isSameLogin = (account: Account, login: Login): boolean =>
  account.kind === 'chatgpt' &&
  login.accountId !== null &&
  account.upstreamAccountId === login.accountId &&
  account.upstreamUserId === login.userId;

const isNamed = (account: Account, claims: { accountId: string | null; userId: string | null }): boolean =>
  claims.accountId !== null &&
  account.upstreamAccountId === claims.accountId &&
  (claims.userId === null || account.upstreamUserId === claims.userId);

function isOlder(found: AccountSecret, known: AccountSecret): boolean {
  const [foundEnd, knownEnd] = [found, known].map((each) => readLoginClaims(bearerOf(each))?.expiresAt ?? null);
  return typeof foundEnd === 'number' && typeof knownEnd === 'number' && foundEnd < knownEnd;
}

const digestOf = (bearer: string): Buffer => createHash('sha256').update(bearer).digest();

const isEqual = (a: Buffer | undefined, b: Buffer): boolean => a !== undefined && timingSafeEqual(a, b);

const missing = 'The secret of this account cannot be read. Unlock your keyring, or add the account again.';
