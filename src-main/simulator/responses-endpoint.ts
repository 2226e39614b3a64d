import { apiAccount, type Backend, chatgptAccount } from './backend.ts';
import { checkCodexRequest } from './codex-rules.ts';
import { type Exchange, header, reply } from './exchange.ts';
import { planSteps } from './fault-steps.ts';
import { generate } from './generation.ts';
import { type JsonObject, objectOr, textOr } from './json-object.ts';
import { fullWindow, limitHeaders, usageLimit } from './limit-report.ts';
import { codexCatalogue } from './model-catalogue.ts';
import { checkOpenAiRequest, requireObject } from './openai-rules.ts';
import { headerChanges, playBeforeAnswer, scriptedLimit } from './plain-fault.ts';
import { play } from './playback.ts';
import { errorRefusal } from './refusal.ts';
import type { SimulatedAccount } from './simulated-account.ts';
import { createSseSink, writeResponseEvent } from './sse-sink.ts';
import { resolveStored } from './stored-items.ts';
import { pause } from './timers.ts';
import { checkTurnState, issueTurnState, turnOf } from './turn-state.ts';

/** The header that the wire of a lite model needs (PROTOCOL 9.14). */
const liteHeader = 'x-openai-internal-codex-responses-lite';

/** POST /backend-api/codex/responses: the Codex backend over HTTP. */
export async function codexResponses(exchange: Exchange, backend: Backend): Promise<void> {
  const account = chatgptAccount(backend, header(exchange, 'authorization'), header(exchange, 'chatgpt-account-id'));
  exchange.record.account = account.name;
  const body = requireObject(exchange.body);
  const lite = header(exchange, liteHeader) === 'true';
  const items = checkCodexRequest({ account, body, earlier: [], transport: 'http', lite });
  const turn = turnOf(body, header(exchange, 'x-codex-turn-metadata'));
  const replayed = header(exchange, 'x-codex-turn-state');
  if (replayed !== null) checkTurnState(replayed, account, turn);

  const faults = account.faults.take('responses', textOr(body['model'], ''));
  if (await playBeforeAnswer(exchange, account, faults, backend)) return;
  const full = fullWindow(account, textOr(body['model'], ''));
  if (full !== null) {
    const limit = usageLimit(account, textOr(body['model'], ''), backend.clock.now(), full);
    reply(exchange, 429, { error: limit.error }, { ...limit.headers, 'x-request-id': backend.nextId('req') });
    return;
  }
  const generation = generate({ account, body, items, session: header(exchange, 'session-id') }, backend);
  const { firstMs = 0, perEventMs = 0 } = { ...backend.latency, ...account.latency };
  await pause(backend.timers, firstMs, exchange.gone);
  if (exchange.gone.aborted) return;
  const headers = {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache',
    'x-codex-turn-state': replayed ?? issueTurnState(account, turn, backend.nextId('ts')),
    'openai-model': textOr(body['model'], ''),
    'x-models-etag': codexCatalogue(account.models).etag,
    'x-reasoning-included': 'true',
    ...limitHeaders(account, textOr(body['model'], '')),
    'x-request-id': backend.nextId('req'),
  };
  generation.charge();
  const sink = createSseSink(exchange, headerChanges(headers, faults), {
    timers: backend.timers,
    faults,
    write: writeResponseEvent,
  });
  const steps = planSteps(generation.events, faults, (fault) => scriptedLimit(account, fault, backend).error);
  await play(steps, sink, { timers: backend.timers, perEventMs: paceOf(faults) ?? perEventMs });
}

/** POST /v1/responses: the OpenAI API, streaming or not. */
export async function openAiResponses(exchange: Exchange, backend: Backend): Promise<void> {
  const account = apiAccount(backend, header(exchange, 'authorization'));
  exchange.record.account = account.name;
  const body = requireObject(exchange.body);
  const earlier = storedItems(backend, account, body['previous_response_id']);
  const given = checkOpenAiRequest(account, body, earlier, header(exchange, liteHeader) === 'true');
  const items = resolveStored(given, account, backend);
  const faults = account.faults.take('responses', textOr(body['model'], ''));
  if (await playBeforeAnswer(exchange, account, faults, backend)) return;

  const session = textOr(body['prompt_cache_key'], 'default');
  const generation = generate({ account, body, items, session }, backend);
  if (body['store'] !== false) {
    backend.stored.set(generation.id, { account: account.name, items: [...items, ...generation.output] });
  }
  const { firstMs = 0, perEventMs = 0 } = { ...backend.latency, ...account.latency };
  await pause(backend.timers, firstMs, exchange.gone);
  if (exchange.gone.aborted) return;
  const headers = headerChanges(apiHeaders(backend, textOr(body['model'], '')), faults);
  if (body['stream'] !== true) {
    replyWhole(exchange, generation.response, faults, headers);
    return;
  }
  const sink = createSseSink(
    exchange,
    { 'content-type': 'text/event-stream; charset=utf-8', ...headers },
    { timers: backend.timers, faults, write: writeResponseEvent },
  );
  const steps = planSteps(generation.events, faults, (fault) => scriptedLimit(account, fault, backend).error);
  await play(steps, sink, { timers: backend.timers, perEventMs: paceOf(faults) ?? perEventMs });
}

export const paceOf = (faults: Parameters<typeof planSteps>[1]): number | null =>
  faults.find((fault) => fault.kind === 'pace')?.perEventMs ?? null;

export const apiHeaders = (backend: Backend, model: string): Record<string, string> => ({
  'x-request-id': backend.nextId('req'),
  'openai-version': '2020-10-01',
  'openai-model': model,
  'x-ratelimit-limit-requests': '500',
  'x-ratelimit-remaining-requests': '499',
  'x-ratelimit-reset-requests': '120ms',
});

/** A response that is not streamed, failed or cut short as the faults say. */
function replyWhole(
  exchange: Exchange,
  response: JsonObject,
  faults: Parameters<typeof planSteps>[1],
  headers: Record<string, string>,
): void {
  const failed = faults.find((fault) => fault.kind === 'failed');
  if (failed !== undefined) {
    const error = { code: failed.code, message: failed.message };
    reply(exchange, 200, { ...response, status: 'failed', error, output: [] }, headers);
    return;
  }
  const cutShort = faults.find((fault) => fault.kind === 'incomplete');
  const whole =
    cutShort === undefined
      ? response
      : { ...response, status: 'incomplete', incomplete_details: { reason: cutShort.reason } };
  reply(exchange, 200, whole, headers);
}

/** What an earlier stored response stands for. */
function storedItems(backend: Backend, account: SimulatedAccount, id: unknown): readonly JsonObject[] {
  if (id === undefined || id === null) return [];
  const stored = backend.stored.get(String(id));
  if (stored !== undefined && stored.account === account.name) return stored.items;
  throw errorRefusal(
    400,
    'previous_response_not_found',
    `Previous response with id '${String(id)}' not found.`,
    'previous_response_id',
  );
}

/** POST …/responses/compact, which older clients send (PROTOCOL 6.5). */
export async function compact(exchange: Exchange, backend: Backend): Promise<void> {
  const account = chatgptAccount(backend, header(exchange, 'authorization'), header(exchange, 'chatgpt-account-id'));
  exchange.record.account = account.name;
  const body = requireObject(exchange.body);
  const items = checkCodexRequest({
    account,
    body: { ...body, store: false, stream: true },
    earlier: [],
    transport: 'http',
    lite: header(exchange, liteHeader) === 'true',
  });
  const faults = account.faults.take('compact', textOr(body['model'], ''));
  if (await playBeforeAnswer(exchange, account, faults, backend)) return;
  const trigger = [...items, { type: 'compaction_trigger' }];
  const generation = generate({ account, body, items: trigger, session: null }, backend);
  generation.charge();
  reply(exchange, 200, {
    id: generation.id,
    object: 'response.compaction',
    output: generation.output,
    usage: objectOr(generation.response['usage']),
  });
}
