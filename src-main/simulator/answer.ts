import { readDirectives } from './directives.ts';
import type { IdSource } from './id-source.ts';
import { type JsonObject, listOr, objectOr, textOr } from './json-object.ts';
import { compactedContent, type OfferedTool, type Prompt } from './prompt.ts';
import { sampleOf } from './schema-sample.ts';

/** The output items of one answer, in their finished form, and how it ends. */
export interface Answer {
  readonly items: readonly JsonObject[];
  readonly reasoningTokens: number;
  /** The reason of `response.incomplete`; null for a completed answer. */
  readonly incomplete: string | null;
}

interface AnswerPorts {
  readonly nextId: IdSource;
  /** A new piece of encrypted content of the answering account. */
  readonly encrypt: () => string;
}

const reasoningTokensOf: Readonly<Record<string, number>> = {
  none: 0,
  minimal: 8,
  low: 16,
  medium: 32,
  high: 64,
  xhigh: 128,
  max: 256,
};

/** What the model says; content depends on the prompt alone, ids on the seed. See directives.ts for what a message can order. */
export function answerTo(prompt: Prompt, { nextId, encrypt }: AnswerPorts): Answer {
  if (prompt.compact) {
    const blob = {
      type: 'compaction',
      id: nextId('cmp'),
      encrypted_content: compactedContent(encrypt(), prompt.outputsSinceUser),
    };
    return { items: [blob], reasoningTokens: 0, incomplete: null };
  }
  const reasons = prompt.wantsSummary || prompt.wantsEncrypted || (prompt.effort !== null && prompt.effort !== 'none');
  const directives = readDirectives(prompt.userText);
  const comment =
    directives.comment === null
      ? []
      : [{ ...messageItem(nextId, [textPart(directives.comment)]), phase: 'commentary' }];
  const whole = [...comment, ...outputOf(prompt, directives, nextId)];
  const items = [
    ...(reasons ? [reasoningItem(prompt, nextId, encrypt)] : []),
    ...restOf(whole, { said: prompt.said, repeat: directives.repeat, nextId }),
  ];
  const tokens = prompt.effort === null ? 16 : (reasoningTokensOf[prompt.effort] ?? 32);
  return { items, reasoningTokens: reasons ? tokens : 0, incomplete: directives.incomplete || null };
}

interface SaidBefore {
  readonly said: readonly string[];
  readonly repeat: number;
  readonly nextId: IdSource;
}

/** The items of an answer behind what was said of it already; what is not its beginning cannot be continued. */
function restOf(items: readonly JsonObject[], { said, repeat, nextId }: SaidBefore): readonly JsonObject[] {
  const [text, ...others] = said;
  if (text === undefined) return items;
  const [item, ...later] = items;
  const [part] = listOr(item?.['content']).map(objectOr);
  const full = textOr(part?.['text'], '');
  if (item?.['type'] !== 'message' || !full.startsWith(text)) {
    return [messageItem(nextId, [textPart(`The answer does not begin so: ${text}`)])];
  }
  if (others.length > 0) return restOf(later, { said: others, repeat, nextId });
  // Nothing to add, and more to come: a model goes straight on.
  if (text === full && later.length > 0) return later;
  const words = text.match(/\S+\s*/g) ?? [];
  const again = words.slice(Math.max(0, words.length - repeat)).join('');
  return [{ ...item, content: [{ ...part, text: again + full.slice(text.length) }] }, ...later];
}

function outputOf(prompt: Prompt, directives: ReturnType<typeof readDirectives>, nextId: IdSource): JsonObject[] {
  const say = (text: string): JsonObject[] => [messageItem(nextId, [textPart(text)])];
  const afterTools = prompt.trailingOutputs.length > 0;
  const mayCall = prompt.toolChoice !== 'none';
  if (mayCall && directives.shell !== null && prompt.outputsSinceUser < directives.shell.steps) {
    return [shellCall(prompt.tools, directives.shell.command, nextId) ?? say(noTool('shell', prompt.tools))[0]!];
  }
  if (mayCall && directives.calls.length > 0 && !afterTools) {
    const wanted = prompt.parallelCalls ? directives.calls : directives.calls.slice(0, 1);
    return wanted.map(({ tool, rest }) => {
      const offered = prompt.tools.find((candidate) => candidate.name === tool);
      return offered === undefined ? say(noTool(tool, prompt.tools))[0]! : callItem(offered, rest, nextId);
    });
  }
  if (directives.refuse) {
    return [messageItem(nextId, [{ type: 'refusal', refusal: 'I cannot help with that.' }])];
  }
  if (directives.cite) return citation(nextId);
  if (directives.text !== null && !afterTools) return say(directives.text);
  const forced = afterTools ? undefined : forcedTool(prompt);
  if (forced !== undefined) return [callItem(forced, JSON.stringify(sampleOf(forced.parameters)), nextId)];
  if (prompt.schema !== null || directives.json) return say(JSON.stringify(sampleOf(prompt.schema ?? {})));
  if (afterTools) return say(`Tool said: ${prompt.trailingOutputs.join(' | ').slice(0, 200)}`);
  if (directives.shell !== null && prompt.outputsSinceUser > 0)
    return say(`Done after ${prompt.outputsSinceUser} steps.`);
  // The prompt of a local compaction (capture 11).
  if (prompt.userText.startsWith('You are performing a CONTEXT CHECKPOINT COMPACTION')) {
    return say(`Summary: ${prompt.itemCount} items so far, nothing left to do.`);
  }
  const images = prompt.images === 0 ? '' : ` [${prompt.images} image${prompt.images === 1 ? '' : 's'}]`;
  const files = prompt.files === 0 ? '' : ` [${prompt.files} file${prompt.files === 1 ? '' : 's'}]`;
  return say(`You said: ${prompt.userText}${images}${files}`);
}

const noTool = (name: string, tools: readonly OfferedTool[]): string =>
  `No such tool: ${name}. Offered: ${tools.map((tool) => tool.name).join(', ')}`;

function forcedTool(prompt: Prompt): OfferedTool | undefined {
  const choice = prompt.toolChoice;
  if (choice === 'required') return prompt.tools[0];
  return typeof choice === 'object' ? prompt.tools.find((tool) => tool.name === choice.name) : undefined;
}

function reasoningItem(prompt: Prompt, nextId: IdSource, encrypt: () => string): JsonObject {
  return {
    type: 'reasoning',
    id: nextId('rs'),
    summary: prompt.wantsSummary ? [{ type: 'summary_text', text: 'Thinking about what the user said.' }] : [],
    ...(prompt.wantsEncrypted ? { encrypted_content: encrypt() } : {}),
  };
}

const textPart = (text: string, annotations: readonly JsonObject[] = []): JsonObject => ({
  type: 'output_text',
  text,
  annotations,
  logprobs: [],
});

const messageItem = (nextId: IdSource, content: readonly JsonObject[]): JsonObject => ({
  type: 'message',
  id: nextId('msg'),
  status: 'completed',
  role: 'assistant',
  content,
});

function citation(nextId: IdSource): JsonObject[] {
  const text = 'Relay is a router [example.test].';
  const annotation = {
    type: 'url_citation',
    start_index: text.indexOf('['),
    end_index: text.indexOf(']') + 1,
    url: 'https://example.test/relay',
    title: 'Relay',
  };
  const search = {
    type: 'web_search_call',
    id: nextId('ws'),
    status: 'completed',
    action: { type: 'search', query: 'relay' },
  };
  return [search, messageItem(nextId, [textPart(text, [annotation])])];
}

function callItem(tool: OfferedTool, input: string, nextId: IdSource): JsonObject {
  const base = { status: 'completed', call_id: nextId('call'), name: tool.name };
  if (tool.kind === 'custom') return { type: 'custom_tool_call', id: nextId('ctc'), ...base, input };
  // Tools of the `functions` namespace are called by their bare name (capture 62).
  const namespace = tool.namespace === null || tool.namespace === 'functions' ? {} : { namespace: tool.namespace };
  return { type: 'function_call', id: nextId('fc'), ...base, ...namespace, arguments: input || '{}' };
}

/** The call that makes the Codex CLI run a command, by the tool it offers (captures 61, 62). */
function shellCall(tools: readonly OfferedTool[], command: string, nextId: IdSource): JsonObject | null {
  const find = (name: string): OfferedTool | undefined => tools.find((tool) => tool.name === name);
  const forms: readonly (readonly [OfferedTool | undefined, string])[] = [
    [find('exec_command'), JSON.stringify({ cmd: command })],
    [find('shell_command'), JSON.stringify({ command })],
    [find('shell'), JSON.stringify({ command: ['bash', '-lc', command] })],
    [find('exec'), `const r = await tools.exec_command({cmd: ${JSON.stringify(command)}}); text(JSON.stringify(r));`],
  ];
  for (const [tool, input] of forms) if (tool !== undefined) return callItem(tool, input, nextId);
  return null;
}
