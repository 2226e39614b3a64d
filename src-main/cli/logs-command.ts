import type { Command } from 'commander';
import { type CallFilter, type CallList, type CallRecord, callSchema } from '../../src-shared/contract/call.ts';
import { formatDuration } from '../../src-shared/format/duration.ts';
import { jsonLine } from '../../src-shared/format/json-line.ts';
import { formatMoney } from '../../src-shared/format/money.ts';
import { formatTokens } from '../../src-shared/format/tokens.ts';
import { matchesQuery } from '../ledger/search/call-filter.ts';
import { escapeControls } from '../log/control-characters.ts';
import { accountIdOf } from './account-id.ts';
import { addCallFilters, callFilterOf } from './call-filter-options.ts';
import { readLimit } from './limit.ts';
import { requireRunning, withRelay } from './open-relay.ts';
import type { RelayAccess } from './relay-access.ts';
import type { Terminal } from './terminal.ts';

interface LogsOptions extends Readonly<Record<string, unknown>> {
  readonly follow?: true;
  readonly json?: true;
  readonly limit: number;
}

const pageSize = 500;

export function logsCommand(program: Command, terminal: Terminal): void {
  const logs = program
    .command('logs')
    .description('show calls, newest first')
    .option('--follow', 'go on with calls as they end, oldest first')
    .option('--json', 'print one JSON object a line')
    .option('--limit <n>', 'how many calls', readLimit, 20)
    .action(async ({ follow, json, limit, ...options }: LogsOptions) => {
      const filter = callFilterOf(options, terminal.now());
      const print = (call: CallRecord): void => terminal.print(json ? jsonLine(call).trimEnd() : callLine(call));
      if (follow) return followCalls(terminal, filter, limit, print);
      const calls = await withRelay(terminal, async (relay) => readCalls(relay, await named(relay, filter), limit));
      if (calls.length === 0)
        terminal.note(Object.keys(filter).length === 0 ? 'There are no calls yet.' : 'There are no such calls.');
      for (const call of calls) print(call);
    });
  addCallFilters(logs);
}

/** With the account's id where its label was given. */
async function named(relay: RelayAccess, filter: CallFilter): Promise<CallFilter> {
  const { accountId } = filter;
  return accountId === undefined ? filter : { ...filter, accountId: await accountIdOf(relay, accountId) };
}

/** Newest first. */
async function readCalls(relay: RelayAccess, filter: CallFilter, limit: number): Promise<CallRecord[]> {
  const calls: CallRecord[] = [];
  let cursor: string | null = null;
  do {
    const page: CallList = await relay.calls({
      ...filter,
      limit: Math.min(limit - calls.length, pageSize),
      ...(cursor === null ? {} : { cursor }),
    });
    calls.push(...page.calls);
    cursor = page.nextCursor;
  } while (cursor !== null && calls.length < limit);
  return calls;
}

/** Listens first and reads second, so that no call falls in between; a call that comes both ways is shown once. */
async function followCalls(
  terminal: Terminal,
  filter: CallFilter,
  limit: number,
  print: (call: CallRecord) => void,
): Promise<void> {
  const relay = await requireRunning(terminal);
  const wanted = await named(relay, filter);
  const live = relay.events(terminal.outputClosed);
  const first = live.next();
  const shown = new Set<string>();
  const show = (call: CallRecord): void => {
    if (call.status === 'inflight' || shown.has(call.id) || !matchesQuery(call, wanted)) return;
    shown.add(call.id);
    print(call);
  };
  const showEvent = ({ name, data }: { name: string; data: unknown }): void => {
    if (name === 'call') show(callSchema.parse(data));
  };
  // The state of Relay comes first on every connection: from then on nothing is missed.
  const opening = await first;
  for (const call of (await readCalls(relay, wanted, limit)).reverse()) show(call);
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
