import { randomUUID } from 'node:crypto';
import { catalogModel } from '../../src-shared/catalog/models.ts';
import { priceList } from '../../src-shared/catalog/prices.ts';
import { smallestModel } from '../../src-shared/catalog/smallest-model.ts';
import type { AccountModels, AccountTest } from '../../src-shared/contract/account-models.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { readUsage, unknownUsage } from '../../src-shared/domain/usage.ts';
import { responsesToChat } from '../protocol/chat-upstream-request.ts';
import { asObject, asText, type JsonObject } from '../protocol/json-object.ts';
import { normalizeForChatgpt, normalizeForOpenAi } from '../protocol/responses-request.ts';
import type { RoutedAccount } from '../routing/ports.ts';
import type { TrialOutcome, TryAccount } from '../routing/trial.ts';
import { relayHeaders } from '../upstreams/request-headers.ts';
import { admitCall, type CallPorts, noOutcome } from './call.ts';
import { newRecord } from './new-record.ts';
import type { CallerIdentity } from './ports.ts';
import { unlimitedCaller } from './unlimited-caller.ts';

export interface AccountTestPorts {
  readonly tryAccount: TryAccount;
  readonly accounts: {
    /** Throws `not_found`. */
    known(id: string): RoutedAccount;
    models(id: string): AccountModels;
    /** It needs no person, whatever was thought. */
    answered(id: string): void;
  };
  /** Reads an account's model list now; rejects where it cannot be read. */
  readonly readModels: (id: string) => Promise<void>;
  readonly calls: CallPorts;
  readonly settings: () => Settings;
  readonly newId: () => string;
  readonly version: string;
}

/** Under this key tests stand in the call log. */
const testKey: CallerIdentity = { ...unlimitedCaller('test', 'test'), overflow: true, splice: 'off' };

const FIRST_OUTPUT_MS = 60_000;
/** The least that the API takes. */
const MAX_OUTPUT_TOKENS = 16;

/** Sends one tiny real call to an account. It is a call like any other in the log, so that nothing that spends is hidden. */
export function createAccountTest(ports: AccountTestPorts): (id: string) => Promise<AccountTest> {
  const running = new Set<string>();

  const run = async (account: RoutedAccount): Promise<AccountTest> => {
    const settings = ports.settings();
    const model = await modelFor(ports, account, settings);
    const { body, customTools } = bodyFor(account, model);
    const callId = ports.newId();
    const startedAt = ports.calls.clock.now();
    const beganAt = ports.calls.clock.monotonic();
    const record = newRecord({
      ...{ id: callId, endpoint: 'responses', startedAt, identity: testKey },
      ...{ client: 'Relay', userAgent: null, requestBytes: body.length },
    });
    Object.assign(record, { stream: true, modelAsked: model, accountId: account.id, accountLabel: account.label });
    const call = admitCall(ports.calls, record, beganAt, beganAt);
    const outcome = await ports.tryAccount(account, {
      callId,
      limits: {
        firstOutputMs: Math.min(settings['timeouts.firstOutputMs'], FIRST_OUTPUT_MS),
        silenceMs: Math.min(settings['timeouts.silenceMs'], FIRST_OUTPUT_MS),
        maxEventBytes: settings['limits.eventBytes'],
      },
      request: {
        ...{ model, body, customTools, responseId: `resp_${callId}`, createdAt: startedAt },
        headers: relayHeaders(ports.version, randomUUID()),
      },
    });
    const { error, report } = outcome;
    if (error === null) ports.accounts.answered(account.id);
    call.settle({
      ...noOutcome,
      status: error === null ? 'ok' : 'error',
      httpStatus: error === null ? 200 : error.status,
      error,
      report,
      ...factsOf(outcome, model),
    });
    return {
      ok: error === null,
      callId,
      model,
      ttftMs: record.ttftMs,
      durationMs: record.durationMs ?? 0,
      error: error === null ? null : { code: error.upstreamCode ?? error.code, message: error.message },
    };
  };

  return async (id) => {
    const account = ports.accounts.known(id);
    if (running.has(id)) {
      throw new RelayError('conflict', { message: `${account.label} is being tested already. Wait for its answer.` });
    }
    running.add(id);
    try {
      return await run(account);
    } finally {
      running.delete(id);
    }
  };
}

async function modelFor(ports: AccountTestPorts, account: RoutedAccount, settings: Settings): Promise<string> {
  if (account.models === null) await ports.readModels(account.id);
  const { models } = ports.accounts.models(account.id);
  const listed = models.filter((model) => model.listed);
  const shown = listed.filter((model) => !model.hidden);
  const usable = shown.filter((model) => model.refusedUntil === null);
  const prices = priceList(settings['models.prices']);
  for (const choice of [usable, shown, listed]) {
    const model = smallestModel(
      choice.map(({ slug }) => slug),
      prices,
    );
    if (model !== null) return model;
  }
  throw new RelayError('model_not_found', { message: `No model of ${account.label} is known that could be asked.` });
}

function bodyFor(account: RoutedAccount, model: string): { body: Buffer; customTools: ReadonlySet<string> } {
  const effort = catalogModel(model)?.efforts[0];
  const request: JsonObject = {
    ...{ model, input: 'Say ok', max_output_tokens: MAX_OUTPUT_TOKENS, stream: true, store: false },
    ...(effort === undefined ? {} : { reasoning: { effort } }),
  };
  if (account.kind === 'chatgpt') return asBody(normalizeForChatgpt(request).request);
  const normalized = normalizeForOpenAi(request).request;
  return asBody(account.wire === 'chat' ? responsesToChat(normalized, []).request : normalized);
}

const asBody = (request: JsonObject) => ({
  body: Buffer.from(JSON.stringify(request)),
  customTools: new Set<string>(),
});

function factsOf({ terminal, error }: TrialOutcome, model: string) {
  if (terminal === null) return { usage: unknownUsage, modelRan: error === null ? model : null, responseId: null };
  const response = asObject(terminal['response']);
  return {
    usage: response === null ? unknownUsage : readUsage(response['usage']),
    modelRan: asText(response?.['model']) ?? model,
    responseId: asText(response?.['id']),
  };
}
