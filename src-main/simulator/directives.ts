/**
 * What the last user message may order, one order a line. Text around the orders is ignored once there is one.
 *
 *   sim:say TEXT                 this text; several lines are joined
 *   sim:tokens N                 an answer of N words, each one token long
 *   sim:call TOOL ARGUMENTS      a call of that tool; several lines are parallel calls; a custom tool gets the rest as raw input
 *   sim:shell COMMAND            a call of whichever shell tool is offered
 *   sim:steps N COMMAND          N such calls, one after the other's output, then text
 *   sim:json                     an answer that is valid against the request's JSON schema (a JSON format alone does the same)
 *   sim:refuse                   a refusal
 *   sim:cite                     a web search and a text with a citation
 *   sim:incomplete REASON        the answer so far, then `response.incomplete` with that reason
 *   sim:comment TEXT             a message of its own before the answer
 *   sim:repeat N | all           an answer that goes on where it broke off repeats its last N words, or begins anew
 *
 * No order: `You said: TEXT`. After tool output with no order left: `Tool said: OUTPUT`.
 */
export interface Directives {
  readonly text: string | null;
  readonly calls: readonly { readonly tool: string; readonly rest: string }[];
  readonly shell: { readonly command: string; readonly steps: number } | null;
  readonly json: boolean;
  readonly refuse: boolean;
  readonly cite: boolean;
  readonly incomplete: string | null;
  readonly comment: string | null;
  /** Infinity: everything. */
  readonly repeat: number;
}

export function readDirectives(message: string): Directives {
  const orders = message.split('\n').flatMap((line) => {
    const match = /^\s*sim:([a-z]+)\s?(.*)$/.exec(line);
    return match === null ? [] : [{ name: match[1]!, rest: match[2]! }];
  });
  const restOf = (name: string): string | null => orders.find((order) => order.name === name)?.rest ?? null;
  const said = orders.filter((order) => order.name === 'say').map((order) => order.rest);
  const tokens = restOf('tokens');
  return {
    text: tokens === null ? (said.length === 0 ? null : said.join('\n')) : wordsOf(Number.parseInt(tokens, 10)),
    calls: orders
      .filter((order) => order.name === 'call')
      .map(({ rest }) => ({ tool: rest.split(' ')[0]!, rest: rest.slice(rest.split(' ')[0]!.length + 1) })),
    shell: readShell(restOf('shell'), restOf('steps')),
    json: restOf('json') !== null,
    refuse: restOf('refuse') !== null,
    cite: restOf('cite') !== null,
    incomplete: restOf('incomplete'),
    comment: restOf('comment'),
    repeat: restOf('repeat') === 'all' ? Number.POSITIVE_INFINITY : Number(restOf('repeat') ?? 0),
  };
}

function readShell(shell: string | null, steps: string | null): Directives['shell'] {
  if (shell !== null) return { command: shell, steps: 1 };
  const match = steps === null ? null : /^(\d+)\s+(.*)$/.exec(steps);
  return match === null ? null : { command: match[2]!, steps: Number(match[1]) };
}

const words = ['the', 'sun', 'ran', 'far', 'and', 'saw', 'one', 'old', 'map', 'lie'];

/** Three letters and a space: by the simulator's count of four characters a token, exactly `count` tokens. */
function wordsOf(count: number): string {
  return Array.from({ length: Math.max(1, count || 1) }, (_, index) => words[index % words.length]).join(' ');
}
