import type { Command } from 'commander';
import { type CallRecord, callSchema } from '../../src-shared/contract/call.ts';
import { formatDuration } from '../../src-shared/format/duration.ts';
import { formatMoney } from '../../src-shared/format/money.ts';
import { formatTokens } from '../../src-shared/format/tokens.ts';
import { escapeControls } from '../log/control-characters.ts';
import { readLimit } from './limit.ts';
import { requireRunning, withRelay } from './open-relay.ts';
import type { RelayAccess } from './relay-access.ts';
import type { Terminal } from './terminal.ts';

interface LogsOptions {
  readonly follow?: true;
  readonly json?: true;
  readonly limit: number;
}

const pageSize = 500;

export function logsCommand(program: Command, terminal: Terminal): void {
  program
    .command('logs')
    .description('show calls, newest first')
    .option('--follow', 'go on with calls as they end, oldest first')
    .option('--json', 'print one JSON object a line')
    .option('--limit <n>', 'how many calls', readLimit, 20)
    .action(async ({ follow, json, limit }: LogsOptions) => {
      const print = (call: CallRecord): void => terminal.print(json ? JSON.stringify(call) : callLine(call));
      if (follow) return followCalls(terminal, limit, print);
      const calls = await withRelay(terminal, (relay) => readCalls(relay, limit));
      if (calls.length === 0) terminal.note('There are no calls yet.');
      for (const call of calls) print(call);
    });
}

/** Newest first. */
async function readCalls(relay: RelayAccess, limit: number): Promise<CallRecord[]> {
  const calls: CallRecord[] = [];
  let cursor: string | null = null;
  do {
    const page = await relay.calls({
      limit: Math.min(limit - calls.length, pageSize),
      ...(cursor === null ? {} : { cursor }),
    });
    calls.push(...page.calls);
    cursor = page.nextCursor;
  } while (cursor !== null && calls.length < limit);
  return calls;
}

/** Listens first and reads second, so that no call falls in between; a call that comes both ways is shown once. */
async function followCalls(terminal: Terminal, limit: number, print: (call: CallRecord) => void): Promise<void> {
  const relay = await requireRunning(terminal);
  const live = relay.events(terminal.outputClosed);
  const first = live.next();
  const shown = new Set<string>();
  const show = (call: CallRecord): void => {
    if (call.status === 'inflight' || shown.has(call.id)) return;
    shown.add(call.id);
    print(call);
  };
  const showEvent = ({ name, data }: { name: string; data: unknown }): void => {
    if (name === 'call') show(callSchema.parse(data));
  };
  // The state of Relay comes first on every connection: from then on nothing is missed.
  const opening = await first;
  for (const call of (await readCalls(relay, limit)).reverse()) show(call);
  if (!opening.done) showEvent(opening.value);
  for await (const event of live) showEvent(event);
  if (!terminal.outputClosed.aborted) terminal.note('Relay has stopped.');
}

function callLine(call: CallRecord): string {
  const time = new Date(call.startedAt).toISOString().slice(0, 19).replace('T', ' ');
  const tokens = `${formatTokens(call.inputTokens)} in, ${formatTokens(call.outputTokens)} out`;
  const model = call.modelRan ?? call.modelAsked;
  const parts = [time, call.status, model, call.accountLabel ?? 'no account', tokens, formatMoney(call.costMicroUsd)];
  const held = call.heldMs === null ? [] : [`held ${formatDuration(call.heldMs)}`];
  const overflow = call.overflow ? ['metered key'] : [];
  const failover = call.attempts.length > 1 ? [`${call.attempts.length} attempts`] : [];
  const reason = call.status === 'ok' || call.reason === null ? [] : [call.reason];
  return escapeControls(
    [...parts, formatDuration(call.durationMs), ...held, ...overflow, ...failover, ...reason].join('  '),
  );
}
