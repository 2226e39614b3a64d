import { apiAccount, type Backend } from './backend.ts';
import { chatCompletion, createChunkWriter } from './chat-answer.ts';
import { readChatRequest } from './chat-request.ts';
import { type Exchange, header, reply } from './exchange.ts';
import { planSteps } from './fault-steps.ts';
import { generate } from './generation.ts';
import { objectOr, textOr } from './json-object.ts';
import { requireObject } from './openai-rules.ts';
import { headerChanges, playBeforeAnswer, scriptedLimit } from './plain-fault.ts';
import { play } from './playback.ts';
import { apiHeaders, paceOf } from './responses-endpoint.ts';
import { createSseSink } from './sse-sink.ts';
import { pause } from './timers.ts';

/** POST /v1/chat/completions of the OpenAI API, streaming or not. */
export async function chatCompletions(exchange: Exchange, backend: Backend): Promise<void> {
  const account = apiAccount(backend, header(exchange, 'authorization'));
  exchange.record.account = account.name;
  const given = requireObject(exchange.body);
  const { body, items } = readChatRequest(account, given);
  const model = textOr(body['model'], '');
  const faults = account.faults.take('chat', model);
  if (await playBeforeAnswer(exchange, account, faults, backend)) return;

  const session = textOr(given['prompt_cache_key'], 'default');
  const generation = generate({ account, body, items, session }, backend);
  const { firstMs = 0, perEventMs = 0 } = { ...backend.latency, ...account.latency };
  await pause(backend.timers, firstMs, exchange.gone);
  if (exchange.gone.aborted) return;
  const headers = headerChanges(apiHeaders(backend, model), faults);
  if (given['stream'] !== true) {
    const failed = faults.find((fault) => fault.kind === 'failed');
    if (failed === undefined) reply(exchange, 200, chatCompletion(generation.response), headers);
    else
      reply(
        exchange,
        500,
        { error: { type: 'server_error', param: null, code: failed.code, message: failed.message } },
        headers,
      );
    return;
  }
  const includeUsage = objectOr(given['stream_options'])['include_usage'] === true;
  const sink = createSseSink(
    exchange,
    { 'content-type': 'text/event-stream; charset=utf-8', ...headers },
    { timers: backend.timers, faults, write: createChunkWriter({ includeUsage }), closing: 'data: [DONE]\n\n' },
  );
  const steps = planSteps(generation.events, faults, (fault) => scriptedLimit(account, fault, backend).error);
  await play(steps, sink, { timers: backend.timers, perEventMs: paceOf(faults) ?? perEventMs });
}
