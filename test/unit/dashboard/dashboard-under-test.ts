import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createDashboard } from '../../../src-main/dashboard/dashboard.ts';
import type { DashboardPorts } from '../../../src-main/dashboard/ports.ts';
import type { AccountView } from '../../../src-shared/contract/account.ts';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { settingsSchema } from '../../../src-shared/contract/settings.ts';
import type { SignInView } from '../../../src-shared/contract/sign-in.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import { usageText } from '../../../src-shared/format/usage-text.ts';
import { fakeClients, fakeTunnel } from './client-samples.ts';
import { failureList } from './failure-samples.ts';
import { packed } from './packed-decision.ts';
import { recordingKeys } from './recording-keys.ts';
import { recordingPause } from './recording-pause.ts';
import { bodies, kept } from './sample-bodies.ts';
import { samplePortability } from './sample-exports.ts';
import {
  account,
  accountModels,
  accountTest,
  auditEntry,
  budget,
  call,
  decision,
  foundLogin,
  publicStatus,
  rehearsal,
  replayReport,
  routingView,
  signIn as signInView,
  startAt,
  status,
} from './samples.ts';
import { usage } from './usage-samples.ts';

export const apiToken = 'api-token-for-tests-0123456789';

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
  json(): unknown;
}

interface Ask {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** The real room on a real server, with ports that record what they were asked. */
export async function startDashboard() {
  const timers = createTimers();
  const rendererDir = mkdtempSync(join(tmpdir(), 'relay-dashboard-'));
  const asked: unknown[][] = [];
  const logged: unknown[][] = [];
  const listeners = {
    call: new Set<(call: CallRecord) => void>(),
    account: new Set<() => void>(),
    signIn: new Set<() => void>(),
  };
  const state = { accounts: [account], signIns: [] as SignInView[], pages: [] as CallRecord[][], status };
  let minted = 0;
  const note = (...words: unknown[]): void => void asked.push(words);
  const only = (id: string, known: string): void => {
    if (id !== known) throw new RelayError('not_found', { message: `There is no ${id}.` });
  };

  const ports: DashboardPorts = {
    accounts: {
      views: () => state.accounts,
      refreshUsage: (id) => {
        only(id, 'acc_1');
        note('refreshUsage', id);
        return account;
      },
      as: (by) => {
        const on = (name: string, id: string, ...rest: unknown[]): AccountView => {
          only(id, 'acc_1');
          note(by, name, id, ...rest);
          return account;
        };
        return {
          addApiKey: (input) => {
            note(by, 'addApiKey', input);
            return { ...account, id: 'acc_2' };
          },
          importAuthJson: (input) => {
            note(by, 'importAuthJson', input);
            return { ...account, id: 'acc_3' };
          },
          edit: (id, patch) => on('edit', id, patch),
          setEnabled: (id, enabled) => ({ ...on('setEnabled', id, enabled), enabled }),
          pause: (id, end) => on('pause', id, end),
          resume: (id) => on('resume', id),
          pin: (id, forMs) => on('pin', id, forMs),
          unpin: (id) => on('unpin', id),
          restUntilReset: (id) => on('restUntilReset', id),
          wake: (id) => on('wake', id),
          order: (ids) => {
            note(by, 'order', ids);
            return [account];
          },
          move: (id, place) => [on('move', id, place)],
          remove: (id) => void on('remove', id),
          refreshModels: (id) => {
            on('refreshModels', id);
            return accountModels;
          },
          test: (id) => {
            on('test', id);
            return accountTest;
          },
        };
      },
      models: (id) => {
        only(id, 'acc_1');
        return accountModels;
      },
      audit: {
        list: (query) => {
          note('audit', query);
          return { entries: [auditEntry], nextCursor: '7' };
        },
      },
      onChange: (listener) => subscribe(listeners.account, listener),
    },
    signIns: {
      list: () => state.signIns,
      start: async (wanted, by) => {
        note('start', wanted, by);
        return signInView;
      },
      get: (id) => {
        only(id, 'signin_1');
        return signInView;
      },
      paste: (id, address) => {
        only(id, 'signin_1');
        note('paste', id, address);
        return { ...signInView, state: 'done' };
      },
      cancel: (id) => {
        only(id, 'signin_1');
        note('cancel', id);
        return { ...signInView, state: 'cancelled' };
      },
      found: () => [foundLogin],
      readFound: async (path) => {
        note('readFound', path);
        return '{"tokens":{}}';
      },
      onChange: (listener) => subscribe(listeners.signIn, listener),
    },
    keys: recordingKeys(note, only),
    budgets: {
      list: () => [budget],
      create: (input) => {
        note('create budget', input);
        return budget;
      },
      change: (id, change) => {
        only(id, 'bud_1');
        note('change budget', id, change);
        return budget;
      },
      remove: (id) => {
        only(id, 'bud_1');
        note('remove budget', id);
      },
    },
    clients: fakeClients(note, only),
    tunnel: fakeTunnel(note),
    ollama: { view: async () => ({ state: 'off', url: null, reason: null, keyId: null, keyWorks: false }) },
    doctor: { examine: async () => ({ checkedAt: startAt, running: true, healthy: true, findings: [] }) },
    affinities: {
      list: (query) => {
        note('affinities', query);
        return {
          ties: [
            ['conv_1', { accountId: 'acc_1', tiedAt: startAt, usedAt: startAt + 5, cachedTokens: 2048, turns: 3 }],
            ['conv_0', { accountId: 'acc_gone', tiedAt: startAt, usedAt: startAt, cachedTokens: null, turns: 1 }],
          ],
          nextCursor: null,
        };
      },
      release: (id) => {
        note('release', id);
        return id === 'conv_1';
      },
      releaseAll: () => {
        note('releaseAll');
        return 2;
      },
    },
    ledger: {
      calls: (query) => {
        note('calls', query);
        const [page = [call], ...rest] = state.pages;
        state.pages = rest;
        return { calls: page, nextCursor: rest.length === 0 ? null : String(rest.length), searchedTo: null };
      },
      values: (query) => {
        note('values', query);
        return { values: [{ value: 'acc_1', name: 'personal', lastAt: startAt }] };
      },
      failures: (query) => {
        note('failures', query);
        return failureList;
      },
      call: (id) => {
        if (id === 'call_bug') throw new Error('secret detail of a bug');
        return id === 'call_1' ? call : null;
      },
      bodies: (id) => (id === 'call_1' ? bodies : null),
      eraseBodies: (id) => {
        note('eraseBodies', id);
        return id === null ? 3 : id === 'call_1' ? 1 : 0;
      },
      kept: () => kept,
      // Of an older version: it is left out.
      decisions: () => [packed, [0, 'of another version']],
      onChange: (listener) => subscribe(listeners.call, listener),
    },
    portability: samplePortability(note, rendererDir),
    routing: {
      view: () => routingView,
      preview: (question) => {
        note('preview', question);
        return decision;
      },
      runReplay: (question) => {
        note('replay', question);
        return replayReport;
      },
    },
    rehearsal: {
      view: () => rehearsal,
      start: () => {
        note('rehearse');
        return { ...rehearsal, state: 'running' };
      },
    },
    usage: {
      usageHours: (query) => {
        note('hours', query);
        return { from: 1_000, to: 2_000, timeZone: 'UTC', hours: [] };
      },
      usageText: (query, form) => {
        note('usage', query);
        return usageText(usage, form);
      },
    },
    settings: {
      all: () => settingsSchema.parse({}),
      patch: (changes) => {
        note('patch', changes);
        return settingsSchema.parse(changes);
      },
    },
    pause: recordingPause(note, startAt),
    secrets: {
      view: () => ({ kind: 'keychain', place: 'the keychain of the operating system' }),
      move: (wanted, by) => {
        note(by, 'move', { ...wanted, passphrase: wanted.passphrase === undefined ? undefined : 'given' });
        return { kind: wanted.to, place: wanted.to, moved: 2, left: 0, next: null };
      },
    },
    status: () => state.status,
    statusPages: {
      view: () => publicStatus,
      readiness: () => ({ ready: false, reasons: ['There are no accounts.'] }),
      metrics: {
        contentType: 'text/plain; version=0.0.4; charset=utf-8',
        text: async () => 'relay_calls_in_flight 0\n',
      },
    },
    apiToken,
    rendererDir,
    clock: timers.clock,
    randomBytes: (size) => Buffer.alloc(size, ++minted),
    schedule: timers.schedule,
    log: {
      info: (...line) => void logged.push(line),
      warn: (...line) => void logged.push(line),
      error: (...line) => void logged.push(line),
    },
  };

  const dashboard = createDashboard(ports);
  const server = http.createServer((request, response) =>
    dashboard.router(request as never, response as never, noNext),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  onTestFinished(() => {
    dashboard.close();
    server.closeAllConnections();
    server.close();
    rmSync(rendererDir, { recursive: true });
  });

  /** Sends the path exactly as given, which a URL object would not. */
  async function ask(path: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<Answer> {
    const response = await open(path, { method, headers, ...(body === undefined ? {} : { body }) });
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    return { status: response.statusCode ?? 0, headers: response.headers, text, json: () => JSON.parse(text) };
  }

  async function open(path: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<http.IncomingMessage> {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const request = http.request({
      port,
      host: '127.0.0.1',
      path,
      method,
      headers: { ...length, ...headers },
      agent: false,
    });
    request.on('error', () => {});
    request.end(body);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    return response;
  }

  const origin = `http://127.0.0.1:${port}`;
  async function enter(token = dashboard.mintOneTimeToken(), headers: Record<string, string> = {}): Promise<Answer> {
    return ask('/api/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, ...headers },
      body: JSON.stringify({ token }),
    });
  }

  /** The Cookie header of a fresh session. */
  async function signIn(): Promise<string> {
    const answer = await enter();
    return answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  }

  const script = { authorization: `Bearer ${apiToken}` };
  const change = (call: CallRecord): void => {
    for (const tell of listeners.call) tell(call);
  };
  const changeAccounts = (): void => {
    for (const tell of listeners.account) tell();
  };
  const changeSignIns = (signIns: SignInView[]): void => {
    state.signIns = signIns;
    for (const tell of listeners.signIn) tell();
  };
  return {
    ...{ dashboard, ask, open, enter, signIn, script, origin, port, rendererDir },
    ...{ asked, logged, timers, state, change, changeAccounts, changeSignIns },
  };
}

const noNext = (): never => {
  throw new Error('the dashboard passed a request on');
};

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function createTimers() {
  let now = startAt;
  const due: { at: number; run: () => void }[] = [];
  return {
    clock: { now: () => now, monotonic: () => now - startAt },
    schedule: (run: () => void, afterMs: number) => {
      const timer = { at: now + afterMs, run };
      due.push(timer);
      return () => {
        const index = due.indexOf(timer);
        if (index >= 0) due.splice(index, 1);
      };
    },
    advance(ms: number): void {
      const end = now + ms;
      for (;;) {
        const next = due.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        due.splice(due.indexOf(next), 1);
        now = next.at;
        next.run();
      }
      now = end;
    },
  };
}
