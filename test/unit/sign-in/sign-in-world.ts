import { request } from 'node:http';
import { onTestFinished } from 'vitest';
import type { SignInWish } from '../../../src-main/accounts/enrolment.ts';
import { createIssuer, type Issuer } from '../../../src-main/accounts/issuer.ts';
import type { Login } from '../../../src-main/accounts/login.ts';
import type { Enrolled } from '../../../src-main/accounts/sign-in/sign-in.ts';
import { createSignIns, type SignIns } from '../../../src-main/accounts/sign-in/sign-ins.ts';
import type { PortHolder } from '../../../src-main/config/port-holder.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../../src-main/simulator/simulator.ts';
import type { Actor } from '../../../src-shared/contract/audit.ts';
import type { SignInView } from '../../../src-shared/contract/sign-in.ts';
import { createCountingBytes } from '../../support/counting-bytes.ts';
import { createManualTime, type ManualTime } from '../../support/manual-timers.ts';

export const NOW = Date.UTC(2030, 5, 1, 12);

export interface SignInWorld {
  readonly signIns: SignIns;
  readonly simulator: Simulator;
  readonly issuer: Issuer;
  readonly time: ManualTime;
  /** The logins that were to be kept, with what was wished for. */
  readonly enrolled: readonly { readonly login: Login; readonly wish: SignInWish; readonly by: Actor }[];
  /** The accounts whose login is new. */
  readonly signedIn: readonly string[];
  readonly failures: readonly unknown[];
  /** Resolves when the sign-in is over. */
  ended(id: string): Promise<SignInView>;
}

export interface SignInWorldOptions {
  readonly simulator?: Partial<SimulatorOptions>;
  readonly callbackPorts?: readonly number[];
  readonly holderOf?: (port: number) => Promise<PortHolder | null>;
  readonly enrol?: (login: Login) => Promise<Enrolled>;
  /** Where the service is, when it is not the simulator. */
  readonly issuerUrl?: string;
}

/** Sign-ins against the simulated service over real sockets; only time stands still. */
export async function signInWorld(options: SignInWorldOptions = {}): Promise<SignInWorld> {
  const time = createManualTime(NOW);
  const accounts = [{ name: 'ann', kind: 'chatgpt' as const }];
  const signIn = { redirectPorts: 'any' as const, ...options.simulator?.signIn };
  const simulator = createSimulator({ clock: time.clock, timers: time.timers, accounts, ...options.simulator, signIn });
  const addresses = await simulator.start();
  const url = options.issuerUrl ?? addresses.issuer;
  const issuer = createIssuer({ url, version: '1.2.3', clock: time.clock, timers: time.timers });
  const enrolled: { login: Login; wish: SignInWish; by: Actor }[] = [];
  const failures: unknown[] = [];
  const signedIn: string[] = [];
  const keep = async (login: Login): Promise<Enrolled> => ({
    accountId: 'acc_1',
    message: `Kept ${login.email}.`,
  });
  const { enrol = keep } = options;
  const signIns = createSignIns({
    issuer,
    clock: time.clock,
    timers: time.timers,
    randomBytes: createCountingBytes(),
    callbackPorts: options.callbackPorts ?? [0],
    holderOf: options.holderOf ?? (async () => null),
    accounts: {
      checkSignInAgain: () => undefined,
      as: (by) => ({
        signIn(login, wish) {
          enrolled.push({ login, wish, by });
          return enrol(login);
        },
      }),
      findLogins: async () => [],
      readFoundLogin: async () => '',
    },
    signedIn: (accountId) => void signedIn.push(accountId),
    codexHomes: () => [],
    failed: (error) => void failures.push(error),
  });
  onTestFinished(async () => {
    await signIns.stop();
    await simulator.stop();
    await issuer.close();
  });
  return {
    signIns,
    simulator,
    issuer,
    time,
    enrolled,
    signedIn,
    failures,
    ended: (id) =>
      new Promise((resolve) => {
        const look = (): void => {
          const view = signIns.get(id);
          if (view.state === 'waiting') return;
          stop();
          resolve(view);
        };
        const stop = signIns.onChange(look);
        look();
      }),
  };
}

/** What the browser does: opens the address, signs in, and is sent on to where it comes back to. */
export async function callbackOf(view: SignInView): Promise<URL> {
  const answer = await fetch(view.url ?? '', { redirect: 'manual' });
  return new URL(answer.headers.get('location') ?? '');
}

export interface Page {
  readonly status: number | undefined;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** One request with exactly these headers; `fetch` lets nobody choose the Host. */
export function visit(url: URL | string, headers: Record<string, string> = {}, method = 'GET'): Promise<Page> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, async (response) => {
      let text = '';
      for await (const chunk of response) text += String(chunk);
      resolve({ status: response.statusCode, headers: response.headers, text });
    });
    sent.once('error', reject).end();
  });
}

/** The sentence of a page. */
export const sentenceOf = ({ text }: Page): string => /<p>(.*)<\/p>/.exec(text)?.[1] ?? text;
