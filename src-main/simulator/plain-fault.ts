import type { Backend } from './backend.ts';
import type { Exchange } from './exchange.ts';
import { reply } from './exchange.ts';
import type { CutManner, Fault } from './fault.ts';
import type { JsonObject } from './json-object.ts';
import { usageLimit } from './limit-report.ts';
import type { SimulatedAccount } from './simulated-account.ts';
import { pause } from './timers.ts';

/** Plays the faults that act before an answer begins. True when the exchange is over with that. */
export async function playBeforeAnswer(
  exchange: Exchange,
  account: SimulatedAccount,
  faults: readonly Fault[],
  backend: Backend,
): Promise<boolean> {
  const headers = headerChanges({ 'x-request-id': backend.nextId('req') }, faults);
  for (const fault of faults) {
    switch (fault.kind) {
      case 'silence':
        if (fault.at === 'before-headers') await pause(backend.timers, fault.ms ?? null, exchange.gone);
        if (exchange.gone.aborted) return true;
        break;
      case 'cut':
        if (fault.at !== 'before-headers') break;
        cutConnection(exchange, fault.how ?? 'reset');
        return true;
      case 'status':
        reply(exchange, fault.status, fault.body ?? statusBody(fault.status), { ...headers, ...fault.headers });
        return true;
      case 'redirect':
        reply(exchange, fault.status ?? 307, '', { ...headers, location: fault.location });
        return true;
      case 'json-200':
        reply(
          exchange,
          200,
          fault.body ?? { id: 'resp_x', object: 'response', status: 'completed', output: [] },
          headers,
        );
        return true;
      case 'empty-200':
        reply(exchange, 200, '', { ...headers, 'content-type': 'text/event-stream' });
        return true;
      case 'usage-limit': {
        if (fault.as !== undefined && fault.as !== 'status') break;
        const limit = scriptedLimit(account, fault, backend);
        reply(exchange, 429, { error: limit.error }, { ...limit.headers, ...headers });
        return true;
      }
    }
  }
  return false;
}

export function scriptedLimit(
  account: SimulatedAccount,
  fault: Extract<Fault, { kind: 'usage-limit' }>,
  backend: Backend,
): ReturnType<typeof usageLimit> {
  const now = backend.clock.now();
  const lengthMs = fault.window === 'weekly' ? 604_800_000 : 18_000_000;
  const resetsAt = now + fault.resetsInSeconds * 1000;
  return usageLimit(account, '', now, { limitId: 'codex', resetsAt, lengthMs });
}

export function cutConnection(exchange: Exchange, how: CutManner): void {
  exchange.record.outcome = 'cut';
  const socket = exchange.request.socket;
  if (how === 'reset') socket.resetAndDestroy();
  else socket.end();
}

export function headerChanges(
  headers: Readonly<Record<string, string>>,
  faults: readonly Fault[],
): Record<string, string> {
  const changed: Record<string, string> = { ...headers };
  for (const fault of faults) {
    if (fault.kind !== 'headers') continue;
    for (const [name, value] of Object.entries(fault.set)) {
      if (value === null) delete changed[name];
      else changed[name] = value;
    }
  }
  return changed;
}

const statusBody = (status: number): JsonObject => ({
  error: {
    message: `Simulated status ${status}`,
    type: status >= 500 ? 'server_error' : 'invalid_request_error',
    param: null,
    code: null,
  },
});
