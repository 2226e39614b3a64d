import { type Command, InvalidArgumentError, Option } from 'commander';
import { type CallFilter, callFilterSchema } from '../../src-shared/contract/call.ts';
import { readSpan } from './span.ts';

const microUsd = 1_000_000;

/** What is typed, as the API takes it; refused in the words of the API. */
const reading =
  (name: keyof CallFilter, scale = 1) =>
  (text: string): unknown => {
    const given = scale === 1 ? text : String(Number(text) * scale);
    const read = callFilterSchema.shape[name].safeParse(given);
    if (!read.success) throw new InvalidArgumentError(`${read.error.issues[0]?.message ?? 'It cannot be used'}.`);
    return read.data;
  };

const filters: readonly (readonly [flags: string, name: keyof CallFilter, what: string, scale?: number])[] = [
  ['--text <text>', 'text', 'in model, client, key, account, code or reason'],
  ['--status <status>', 'status', 'inflight, ok, error, cancelled or interrupted'],
  ['--http-status <n>', 'httpStatus', 'what the client got'],
  ['--code <code>', 'errorCode', 'the code of the error'],
  ['--cause <id>', 'cause', 'an error of relay errors'],
  ['--account <id>', 'accountId', 'the account that served it'],
  ['--key <id>', 'keyId', 'the key it came with'],
  ['--project <project>', 'project', "its project; '' for none"],
  ['--member <member>', 'member', "its member; '' for none"],
  ['--client <client>', 'client', 'the program that called'],
  ['--model <model>', 'model', 'asked for or ran'],
  ['--model-asked <model>', 'modelAsked', 'asked for'],
  ['--model-ran <model>', 'modelRan', 'ran'],
  ['--endpoint <endpoint>', 'endpoint', 'responses, chat, compact, websocket or passthrough'],
  ['--conversation <id>', 'conversationId', "its conversation; '' for none"],
  ['--stream <true|false>', 'stream', 'streamed or not'],
  ['--spliced <true|false>', 'spliced', 'finished by another account'],
  ['--failed-over <true|false>', 'failedOver', 'more than one attempt'],
  ['--overflow <true|false>', 'overflow', 'paid for by a metered key'],
  ['--min-cost <usd>', 'minCostMicroUsd', 'at API prices', microUsd],
  ['--max-cost <usd>', 'maxCostMicroUsd', 'at API prices', microUsd],
  ['--min-ttft <ms>', 'minTtftMs', 'to the first output'],
  ['--max-ttft <ms>', 'maxTtftMs', 'to the first output'],
  ['--min-duration <ms>', 'minDurationMs', 'in all'],
  ['--max-duration <ms>', 'maxDurationMs', 'in all'],
];

/** Options for all that calls can be filtered by. */
export function addCallFilters(command: Command): void {
  for (const [flags, name, what, scale] of filters) {
    command.addOption(new Option(flags, `only calls: ${what}`).argParser(reading(name, scale)));
  }
  command.addOption(new Option('--since <time>', 'only calls of the last 30m, 12h, 7d').argParser(readSpan));
  command.addOption(new Option('--until <time>', 'only calls before that long ago').argParser(readSpan));
}

/** The filter that these options ask for. */
export function callFilterOf(options: Readonly<Record<string, unknown>>, now: number): CallFilter {
  const given = filters.flatMap(([flags, name]) => {
    const value = options[new Option(flags).attributeName()];
    return value === undefined ? [] : [[name, value] as const];
  });
  const { since, until } = options;
  return {
    ...(Object.fromEntries(given) as CallFilter),
    ...(typeof since === 'number' ? { from: now - since } : {}),
    ...(typeof until === 'number' ? { to: now - until } : {}),
  };
}
