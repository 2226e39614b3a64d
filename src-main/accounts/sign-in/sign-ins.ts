import type { Actor } from '../../../src-shared/contract/audit.ts';
import type { FoundLogin, SignInStart, SignInView } from '../../../src-shared/contract/sign-in.ts';
import type { Clock } from '../../../src-shared/domain/clock.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import type { Timers } from '../../../src-shared/domain/timers.ts';
import { findPortHolder, type PortHolder } from '../../config/port-holder.ts';
import type { SignInWish } from '../enrolment.ts';
import type { Issuer } from '../issuer.ts';
import type { Login } from '../login.ts';
import { authorizeUrl, CALLBACK_PATH } from './authorize-url.ts';
import { callbackState, readCallback } from './callback-answer.ts';
import { type CallbackHold, type CallbackOutcome, createCallbackListener } from './callback-listener.ts';
import { exchangeCode } from './code-exchange.ts';
import { startDeviceCode } from './device-code.ts';
import { type DevicePolls, pollUntilGranted } from './device-polls.ts';
import { createSignIn, type Enrolled, type SignIn } from './sign-in.ts';
import { askFor, expiredSentence, notTheAddress, overSentence, tooMany, unknownCallback } from './sign-in-words.ts';

export interface SignInsPorts {
  readonly issuer: Issuer;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly randomBytes: (size: number) => Buffer;
  /** Where a browser comes back to, in the order they are tried; without them what the real service allows. */
  readonly callbackPorts?: readonly number[] | undefined;
  readonly holderOf?: (port: number) => Promise<PortHolder | null>;
  readonly accounts: SignInAccounts;
  /** Told of an account whose login is new. */
  readonly signedIn: (accountId: string) => void;
  /** Where logins of the Codex CLI may be. */
  readonly codexHomes: () => readonly string[];
  readonly failed: (error: unknown) => void;
}

/** What sign-ins do with the registry. */
export interface SignInAccounts {
  checkSignInAgain(id: string): void;
  as(by: Actor): { signIn(login: Login, wish: SignInWish): Promise<Enrolled> };
  findLogins(homes: readonly string[]): Promise<FoundLogin[]>;
  readFoundLogin(homes: readonly string[], path: string): Promise<string>;
}

/** The sign-ins that run and those that ended last. Their tokens go to the SecretStore and nowhere else. */
export interface SignIns {
  list(): SignInView[];
  /** Rejects with a RelayError where it cannot begin: busy ports, no device codes, too many at once. */
  start(wanted: SignInStart, by: Actor): Promise<SignInView>;
  /** Rejects with `not_found`, as the next two do. */
  get(id: string): SignInView;
  /** The address that the browser ended at. Rejects with `invalid_value` where it is not that of this sign-in. */
  paste(id: string, address: string): Promise<SignInView>;
  cancel(id: string): SignInView;
  /** Logins of the Codex CLI on this machine. */
  found(): Promise<FoundLogin[]>;
  /** The text of the file of one of them. Rejects with `not_found`. */
  readFound(path: string): Promise<string>;
  onChange(listener: () => void): () => void;
  /** Cancels what waits. Resolves when the logins that have come are kept. */
  stop(): Promise<void>;
}

/** A browser sign-in that is not finished by then lets its port go (FAULTS B-10). */
const BROWSER_PATIENCE_MS = 5 * 60_000;
/** The redirects that the sign-in service has on its list (PROTOCOL 1.1). */
const ALLOWED_PORTS = [1455, 1457];
const MAX_WAITING = 8;
const MAX_KEPT = 20;

interface BrowserSecret {
  readonly redirectUri: string;
  readonly state: string;
  readonly verifier: string;
}
/** What somebody wants, and who. */
interface Asked {
  readonly wanted: SignInStart;
  readonly by: Actor;
}

interface Entry {
  readonly signIn: SignIn;
  /** What a callback is compared with; `null` for a device code. */
  readonly secret: BrowserSecret | null;
}

export function createSignIns(ports: SignInsPorts): SignIns {
  const { issuer, clock, timers, randomBytes, callbackPorts = ALLOWED_PORTS, holderOf = findPortHolder } = ports;
  const entries = new Map<string, Entry>();
  const listeners = new Set<() => void>();
  const listener = createCallbackListener({
    ports: callbackPorts,
    holderOf,
    answer: answerBrowser,
  });
  let starting = 0;

  const changed = (): void => {
    for (const tell of listeners) tell();
  };
  const known = (id: string): Entry => {
    const entry = entries.get(id);
    if (entry === undefined)
      throw new RelayError('not_found', { message: 'There is no such sign-in. Start a new one.' });
    return entry;
  };

  const add = (
    { wanted, by }: Asked,
    start: Pick<SignInView, 'method' | 'url' | 'userCode' | 'message' | 'expiresAt'>,
    secret: BrowserSecret | null,
  ): SignIn => {
    const id = `signin_${randomBytes(8).toString('hex')}`;
    const startedAt = clock.now();
    const view: SignInView = { id, state: 'waiting', accountId: wanted.accountId ?? null, startedAt, ...start };
    const enrol = async (login: Login): Promise<Enrolled> => {
      const enrolled = await ports.accounts.as(by).signIn(login, wanted);
      ports.signedIn(enrolled.accountId);
      return enrolled;
    };
    const signIn = createSignIn(view, { enrol, changed, failed: ports.failed });
    signIn.whenAnswered(
      timers.set(view.expiresAt - startedAt, () => signIn.end('expired', expiredSentence(view.method))),
    );
    entries.set(id, { signIn, secret });
    forgetOldest(entries);
    changed();
    return signIn;
  };

  const startBrowser = async (asked: Asked, method: 'browser' | 'paste'): Promise<SignIn> => {
    const hold: CallbackHold | null = method === 'browser' ? await listener.hold() : null;
    const redirectUri = hold?.redirectUri ?? `http://127.0.0.1:${callbackPorts[0]}${CALLBACK_PATH}`;
    const secret: BrowserSecret = {
      redirectUri,
      state: randomBytes(32).toString('base64url'),
      // 64 bytes, as the Codex CLI has them (PROTOCOL 1.1).
      verifier: randomBytes(64).toString('base64url'),
    };
    const url = await authorizeUrl(issuer, secret);
    const expiresAt = clock.now() + BROWSER_PATIENCE_MS;
    const signIn = add(asked, { method, url, userCode: null, message: askFor[method], expiresAt }, secret);
    if (hold !== null) signIn.whenAnswered(hold.release);
    return signIn;
  };

  const startDevice = async (asked: Asked): Promise<SignIn> => {
    const code = await startDeviceCode(issuer, clock);
    const { url, userCode, expiresAt } = code;
    const signIn = add(asked, { method: 'device', url, userCode, message: askFor.device, expiresAt }, null);
    const polls: DevicePolls = { issuer, timers, clock, signIn };
    pollUntilGranted(polls, code);
    return signIn;
  };

  const finish = async ({ signIn, secret }: Entry, parameters: URLSearchParams): Promise<boolean> => {
    if (secret === null || !signIn.takesCode) return false;
    const answer = readCallback(issuer, parameters, secret.state);
    if (answer.kind === 'foreign') return false;
    if (answer.kind === 'refused') signIn.end('failed', answer.sentence);
    else await signIn.complete(() => exchangeCode(issuer, { ...secret, code: answer.code }, clock));
    return true;
  };

  async function answerBrowser(parameters: URLSearchParams): Promise<CallbackOutcome> {
    const state = callbackState(parameters);
    const entry = [...entries.values()].find(({ secret }) => secret !== null && secret.state === state);
    if (entry === undefined || !(await finish(entry, parameters))) return { status: 400, sentence: unknownCallback };
    const view = entry.signIn.view();
    if (view.state === 'done') return { status: 200, sentence: `${view.message} You can close this page.` };
    return { status: 400, sentence: view.message };
  }

  return {
    list: () => [...entries.values()].map(({ signIn }) => signIn.view()),
    async start(wanted, by) {
      if (wanted.accountId !== undefined) ports.accounts.checkSignInAgain(wanted.accountId);
      const waiting = [...entries.values()].filter(({ signIn }) => signIn.view().state === 'waiting').length;
      if (waiting + starting >= MAX_WAITING) throw new RelayError('conflict', { message: tooMany });
      starting += 1;
      try {
        const { method = 'browser' } = wanted;
        const asked = { wanted, by };
        return (await (method === 'device' ? startDevice(asked) : startBrowser(asked, method))).view();
      } finally {
        starting -= 1;
      }
    },
    get: (id) => known(id).signIn.view(),
    async paste(id, address) {
      const entry = known(id);
      const parameters = URL.parse(address.trim())?.searchParams ?? null;
      if (parameters === null || !(await finish(entry, parameters))) {
        if (entry.secret !== null && !entry.signIn.takesCode)
          throw new RelayError('conflict', { message: overSentence });
        throw new RelayError('invalid_value', { message: notTheAddress, param: 'url' });
      }
      return entry.signIn.view();
    },
    cancel(id) {
      const { signIn } = known(id);
      signIn.end('cancelled', 'The sign-in was cancelled.');
      return signIn.view();
    },
    found: () => ports.accounts.findLogins(ports.codexHomes()),
    readFound: (path) => ports.accounts.readFoundLogin(ports.codexHomes(), path),
    onChange(tell) {
      listeners.add(tell);
      return () => {
        listeners.delete(tell);
      };
    },
    async stop() {
      const signIns = [...entries.values()].map(({ signIn }) => signIn);
      for (const signIn of signIns) signIn.end('cancelled', 'Relay ended before the sign-in was finished.');
      await Promise.all(signIns.map((signIn) => signIn.settled()));
    },
  };
}

function forgetOldest(entries: Map<string, Entry>): void {
  for (const [id, { signIn }] of entries) {
    if (entries.size <= MAX_KEPT) return;
    if (signIn.view().state !== 'waiting') entries.delete(id);
  }
}
