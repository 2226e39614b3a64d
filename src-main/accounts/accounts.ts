import type { IncomingHttpHeaders } from 'node:http';
import type { AccountView } from '../../src-shared/contract/account.ts';
import type { AccountModels } from '../../src-shared/contract/account-models.ts';
import type { Actor } from '../../src-shared/contract/audit.ts';
import type { PortableAccount } from '../../src-shared/contract/portable.ts';
import type { FoundLogin } from '../../src-shared/contract/sign-in.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Timers } from '../../src-shared/domain/timers.ts';
import type { LimitFamily } from '../../src-shared/domain/window.ts';
import type { Database } from '../ledger/database.ts';
import { createLateWrites } from '../ledger/late-writes.ts';
import type { Credential } from '../protocol/credential.ts';
import { parseObject } from '../protocol/json-object.ts';
import type { SecretStore } from '../secrets/secret-store.ts';
import { createTurns } from '../secrets/turns.ts';
import type { Account, OfferedModel } from './account.ts';
import { portableAccount, type StagedAccounts, stageAccounts } from './account-import.ts';
import { createRemoval } from './account-removal.ts';
import { loadAccounts, loadLeavingAccounts, updateAccount } from './account-rows.ts';
import { viewAccount } from './account-view.ts';
import { type Audit, createAudit } from './audit.ts';
import { type Control, createControl } from './control.ts';
import { createCredentials } from './credentials.ts';
import { readCredits, readCreditsHeaders } from './credits.ts';
import { createEndings } from './endings.ts';
import {
  type ApiKeyInput,
  type AuthJsonInput,
  createEnrolment,
  type SecretChecks,
  type SignInWish,
} from './enrolment.ts';
import { findLogins, readFoundLogin } from './found-logins.ts';
import { type AccountSignals, nothingKnown } from './health.ts';
import type { Issuer } from './issuer.ts';
import { type LimitEnd, readLimitError } from './limit-error.ts';
import { chatgptLogin, type Login } from './login.ts';
import { signedInSentence } from './login-words.ts';
import { createLogins } from './logins.ts';
import { accountModels } from './model-list.ts';
import { createObservations } from './observations.ts';
import { readQuotaHeaders } from './quota-headers.ts';
import { readRateLimitEvent } from './quota-json.ts';
import { createRestAudit } from './rest-audit.ts';
import { readPersonalToken } from './sign-in/personal-token.ts';
import type { Enrolled } from './sign-in/sign-in.ts';
import { readUsageAnswer } from './usage-answer.ts';

export interface AccountPorts {
  readonly database: Database;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly timers: Timers;
  /** 0 to 1. */
  readonly random: () => number;
  readonly issuer: Issuer;
  readonly randomBytes: (size: number) => Buffer;
  readonly readFile: (path: string) => Promise<string>;
  /** How a key is tried before it is kept; a personal token by the sign-in service, unless this says otherwise. */
  readonly checks: Pick<SecretChecks, 'apiKey'> & Partial<SecretChecks>;
  /** What routing sees of an account; nothing is known where it is not given. */
  readonly signals?: (accountId: string) => AccountSignals;
  /** Told once, when an account that worked needs a person. */
  readonly needsPerson?: (account: Account, reason: string) => void;
  /** Told when quota or a rest could not be written down; calls go on. */
  readonly storageFailed?: (error: unknown) => void;
}

/** What a person asks for: durable, with its entry in the audit, when it resolves. */
export interface AccountControl extends Control {
  /** The same key at the same address, or the same login, updates the account that is there. */
  addApiKey(input: ApiKeyInput): Promise<AccountView>;
  /** Rejects with `conflict` for a login that another program refreshes too, unless that is accepted. */
  importAuthJson(input: AuthJsonInput): Promise<AccountView>;
  /** Keeps a login of Relay's own. Rejects with `conflict` where it is not that of the account it was meant for. */
  signIn(login: Login, wish: SignInWish): Promise<Enrolled>;
  /** See `Removal`: calls that run on it end normally. Rejects with `not_found` where there is no such account. */
  remove(id: string): Promise<void>;
}

/** The registry of upstream logins and keys. What a call reads or writes is synchronous. Its own control is Relay's, `automatic`. */
export interface Accounts extends AccountControl {
  /** In the person's order; the same objects every time. */
  list(): readonly Account[];
  get(id: string): Account | null;
  /** Throws `not_found`. */
  known(id: string): Account;
  view(account: Account, now: number): AccountView;
  views(): AccountView[];

  /** Deleted accounts whose secrets are still there, because calls run on them. */
  leaving(): readonly Account[];
  /** Throws where this account cannot be signed in again. */
  checkSignInAgain(id: string): void;
  /** The logins in these homes of the Codex CLI. */
  findLogins(homes: readonly string[]): Promise<FoundLogin[]>;
  /** The text of one of their files. Rejects with `not_found`. */
  readFoundLogin(homes: readonly string[], path: string): Promise<string>;
  /** What people have set for their accounts, in order, without secrets. */
  portable(): PortableAccount[];
  /** Works out what taking that over changes. Throws `invalid_value`. */
  stage(wanted: readonly PortableAccount[], by: Actor): Promise<StagedAccounts>;
  /** The same, done by somebody: that is who the audit names. */
  as(by: Actor): AccountControl;

  /**
   * Renewed first where the login has ended. Rejects with `secrets_locked` where the secret cannot be read, with
   * `not_found` where the account is gone, with `no_available_accounts` where a person must sign in again, and with
   * `upstream_unavailable` where the login may be renewed a little later.
   */
  credential(id: string): Promise<Credential>;
  /** The secret was replaced from outside, or the store can be read again. */
  secretChanged(id: string): void;
  /** The ChatGPT login whose own access token this bearer is, for a Codex CLI that is signed in with it (PROTOCOL 7.2). */
  ownerOfToken(bearer: string): Promise<Account | null>;

  /** The head of any answer to the account's own credential, after `tookMs`. */
  recordHeaders(id: string, headers: IncomingHttpHeaders, tookMs?: number): void;
  /** The upstream took the account's credential: an answer has begun. */
  accepted(id: string): void;
  /** A `codex.rate_limits` event. */
  recordEvent(id: string, event: Buffer): void;
  /** The answer of `wham/usage` to a request that left at `askedAt` (ms). False where it is none; nothing is learned then. */
  recordUsage(id: string, body: unknown, askedAt: number): boolean;
  usageAsked(id: string, at: number): void;
  usageFailed(id: string, sentence: string): void;
  readLimit(headers: IncomingHttpHeaders, body: unknown): LimitEnd;
  /** `until` is bounded (FAULTS 1.2.6); a rest never gets shorter. */
  rest(id: string, family: LimitFamily, until: number, reason: string): void;
  clearRest(id: string, family: LimitFamily): void;
  /** A call that was sent although a person seemed to be needed was answered: none is. */
  answered(id: string): void;
  needsSignIn(id: string, reason: string): void;
  /** What follows from a 401 (PROTOCOL 1.3, recovery ladder): see AccountPool in the routing room. Never rejects. */
  recover(id: string, refusedAuthorization: string, reason: string): Promise<'renewed' | 'refused' | 'later'>;
  lacksModel(id: string, model: string, until: number): void;
  /** The wall clock was put back by that much (ms), or forward again: rests end when they would have ended. */
  clockPutBack(ms: number): void;
  setModels(id: string, models: readonly OfferedModel[]): void;
  /** One account's own list with what is known of each model. Throws `not_found`. */
  models(id: string): AccountModels;
  /** What each account in the pool offers, for the joined list. */
  modelLists(): { readonly ownedBy: string; readonly models: readonly OfferedModel[] }[];

  /** Renews logins ahead of time from `start` on; after `stop` everything that was renewed is stored, and nothing begins any more. */
  readonly keepAlive: { start(): void; stop(): Promise<void> };
  /** Who changed what, and when. */
  readonly audit: Audit;
  /** What routing sees of accounts has changed. */
  signalsChanged(): void;
  /** Told when any view may have changed; the answer ends it. */
  onChange(listener: () => void): () => void;
  /** Resolves when everything observed so far is written. */
  settled(): Promise<void>;
  /** Ends the timers. */
  close(): void;
}

export async function createAccounts(ports: AccountPorts): Promise<Accounts> {
  const { database, secrets, clock, timers, random, issuer, randomBytes, readFile } = ports;
  const { signals = () => nothingKnown, needsPerson = () => undefined, storageFailed = () => undefined } = ports;
  const accounts: Account[] = await loadAccounts(database);
  const listeners = new Set<() => void>();
  const lateWrites = createLateWrites(database, storageFailed);
  const audit = createAudit(database, lateWrites, clock);
  const restAudit = createRestAudit(audit);
  const inTurn = createTurns();

  const changed = (): void => {
    endings.arm();
    for (const listener of listeners) listener();
  };
  const find = (id: string): Account | null => accounts.find((account) => account.id === id) ?? null;
  const known = (id: string): Account => {
    const account = find(id);
    if (account === null) throw new RelayError('not_found', { message: 'There is no such account.' });
    return account;
  };
  const view = (account: Account, now: number): AccountView =>
    viewAccount(account, signals(account.id), issuer.clock.skewMs(), now);
  const shown = (account: Account): AccountView => view(account, clock.now());
  const observations = createObservations({ find, lateWrites, audit, restAudit, clock, changed, needsPerson });
  /** The account works again, and its newest tokens may know more of it. */
  const renewed = (account: Account, login: Login | null): void => {
    const change = { email: login?.email ?? account.email, plan: login?.plan ?? account.plan, needsSignIn: null };
    Object.assign(account, change);
    lateWrites.put(`${account.id} login`, updateAccount(account.id, change));
    changed();
  };
  const credentials = createCredentials({
    secrets,
    readFile,
    clock,
    random,
    adopted(account, login) {
      renewed(account, login);
      const detail = `A newer login was found in ${account.linkedFile} and is used from now on.`;
      audit.note({ actor: 'automatic', what: 'login-adopted', account, detail });
    },
  });
  const logins = createLogins({
    list: () => accounts,
    credentials,
    observations,
    issuer,
    audit,
    clock,
    timers,
    random,
    renewed: (account, secret) => renewed(account, chatgptLogin(secret)),
  });
  const checks = { personalToken: (token: string) => readPersonalToken(issuer, token), ...ports.checks };
  const enrolment = createEnrolment({ accounts, credentials, database, audit, clock, randomBytes, checks });

  const removal = createRemoval({
    leftovers: await loadLeavingAccounts(database),
    credentials,
    issuer,
    refreshed: logins.settled,
    withdraw: enrolment.withdraw,
    database,
    lateWrites,
    audit,
    clock,
    timers,
  });
  const control = createControl({ accounts, known, shown, database, lateWrites, audit, clock, inTurn, changed });
  const endings = createEndings({ accounts, clock, timers, lateWrites, audit, restAudit, inTurn, changed });
  endings.arm();

  const as = (by: Actor): AccountControl => ({
    ...control(by),
    async addApiKey(input) {
      const { account, models } = await enrolment.addApiKey(input, by);
      if (models !== null) observations.setModels(account.id, models);
      changed();
      return shown(account);
    },
    async importAuthJson(input) {
      const { account, models } = await enrolment.importAuthJson(input, by);
      if (models !== null) observations.setModels(account.id, models);
      changed();
      return shown(account);
    },
    async signIn(login, wish) {
      const signedIn = await enrolment.signIn(login, wish, by);
      changed();
      return { accountId: signedIn.account.id, message: signedInSentence(signedIn) };
    },
    async remove(id) {
      const account = known(id);
      await removal.remove(account, by);
      observations.forget(id);
      changed();
    },
  });

  return {
    list: () => accounts,
    get: find,
    known,
    view,
    views: () => accounts.map(shown),

    ...as('automatic'),
    portable: () => accounts.map(portableAccount),
    async stage(wanted, by) {
      // What was learned before goes first, or it would be written over this.
      await lateWrites.settled();
      const staged = stageAccounts(wanted, accounts, audit, by);
      return {
        ...staged,
        apply() {
          staged.apply();
          changed();
        },
      };
    },
    leaving: removal.leaving,
    as,
    checkSignInAgain: enrolment.checkSignInAgain,
    findLogins: (homes) => findLogins(homes, { readFile, accountOf: enrolment.accountOf }),
    readFoundLogin: (homes, path) => readFoundLogin(homes, path, readFile),

    credential: async (id) => logins.credential(known(id)),
    secretChanged(id) {
      const account = known(id);
      credentials.forget(account);
      account.needsSignIn = null;
      account.keyringLocked = null;
      lateWrites.put(`${id} sign-in`, updateAccount(id, { needsSignIn: null }));
      changed();
    },
    ownerOfToken: (bearer) =>
      credentials.holder(
        bearer,
        accounts.filter((account) => account.kind === 'chatgpt' && account.enabled),
      ),
    recordHeaders(id, headers, tookMs) {
      if (tookMs !== undefined && find(id)?.kind === 'chatgpt') issuer.clock.observe(headers.date ?? null, tookMs);
      const plan = headers['x-codex-plan-type'];
      observations.plan(id, typeof plan === 'string' ? plan : null);
      observations.quota.windows(id, readQuotaHeaders(headers, clock.now()));
      observations.quota.credits(id, readCreditsHeaders(headers, clock.now()));
    },
    accepted: logins.accepted,
    recordEvent(id, event) {
      const json = parseObject(event.toString('utf8'));
      const plan = json?.['plan_type'];
      observations.plan(id, typeof plan === 'string' ? plan : null);
      observations.quota.windows(id, readRateLimitEvent(json, clock.now()));
      observations.quota.credits(id, readCredits(json?.['credits'], clock.now()));
    },
    recordUsage(id, body, askedAt) {
      const answer = readUsageAnswer(body, clock.now());
      if (answer === null) return false;
      observations.plan(id, answer.plan);
      observations.quota.usage(id, answer, askedAt);
      return true;
    },
    usageAsked: observations.quota.usageAsked,
    usageFailed: observations.quota.usageFailed,
    readLimit: (headers, body) => readLimitError(headers, body, clock.now()),
    rest: observations.rest,
    clearRest: observations.clearRest,
    answered(id) {
      const account = find(id);
      if (account === null || account.needsSignIn === null) return;
      account.needsSignIn = null;
      lateWrites.put(`${id} sign-in`, updateAccount(id, { needsSignIn: null }));
      changed();
    },
    needsSignIn: observations.needsSignIn,
    async recover(id, refusedAuthorization, reason) {
      const account = find(id);
      return account === null ? 'refused' : logins.recover(account, refusedAuthorization, reason);
    },
    lacksModel: observations.lacksModel,
    clockPutBack: (ms) => observations.clockPutBack(accounts, ms),
    setModels: observations.setModels,
    models(id) {
      const account = known(id);
      return accountModels(account, observations.modelList(account).models, clock.now());
    },
    modelLists: () => accounts.filter((account) => account.enabled).map(observations.modelList),

    keepAlive: {
      start() {
        logins.start();
        removal.start();
      },
      async stop() {
        await logins.stop();
        await removal.stop();
      },
    },
    audit,
    signalsChanged: changed,
    onChange(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    settled: lateWrites.settled,
    close: endings.stop,
  };
}
