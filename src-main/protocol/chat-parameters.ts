import type { DroppedNames } from './dropped-names.ts';
import type { JsonObject } from './json-object.ts';
import {
  optional,
  present,
  readFlag,
  readInteger,
  readList,
  readName,
  readNumber,
  readObject,
  readText,
  unsupported,
  wrongType,
  wrongValue,
} from './request-fields.ts';

/** Bounds the work per delta; OpenAI itself takes 4. */
const maxStops = 16;

/** `stop` as a list; empty sequences stop nothing and are left out. */
export function stopSequences(value: unknown, param = 'stop'): string[] {
  if (value === undefined || value === null) return [];
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (!Array.isArray(value)) throw wrongType(param, 'a string or an array of strings');
  if (value.length > maxStops) throw wrongValue(param, `"${param}" can hold at most ${maxStops} sequences.`);
  return value.map((entry, index) => readText(entry, `${param}[${index}]`)).filter((entry) => entry !== '');
}

/** Refuses what cannot be left out without changing the meaning of the answer (FAULTS C-05). */
export function refuseMeaningChanges(body: JsonObject): void {
  const n = optional(body['n'], 'n', readInteger);
  if (n !== null && n < 1) throw wrongValue('n', '"n" must be 1.');
  if (n !== null && n > 1) {
    throw unsupported('n', 'Relay gives one answer per call. Leave out "n" and send the call several times.');
  }
  if (optional(body['logprobs'], 'logprobs', readFlag) === true) {
    throw unsupported('logprobs', 'Token probabilities are not available. Leave out "logprobs".');
  }
  if (body['audio'] !== undefined && body['audio'] !== null) {
    throw unsupported('audio', 'Relay does not serve audio. Leave out "audio".');
  }
  for (const [index, modality] of (optional(body['modalities'], 'modalities', readList) ?? []).entries()) {
    if (modality === 'audio') throw unsupported('modalities', 'Relay does not serve audio. Ask for text only.');
    if (modality !== 'text') throw wrongValue(`modalities[${index}]`, 'The only modality is text.');
  }
}

export function refuseTopLogprobs(body: JsonObject): void {
  const count = optional(body['top_logprobs'], 'top_logprobs', readInteger);
  if (count !== null && count !== 0) {
    throw unsupported('top_logprobs', 'Token probabilities are not available. Leave out "top_logprobs".');
  }
}

export function includeUsage(value: unknown, dropped: DroppedNames): boolean {
  const options = optional(value, 'stream_options', readObject);
  if (options === null) return false;
  for (const [name, field] of Object.entries(options)) {
    if (name !== 'include_usage' && field !== null && field !== false) dropped.add(`stream_options.${name}`);
  }
  return optional(options['include_usage'], 'stream_options.include_usage', readFlag) ?? false;
}

/**
 * `reasoning_effort`, or the `reasoning` object that some clients send to Chat.
 * A summary is asked for with the effort, because it is all the reasoning that a Chat client can be shown.
 */
export function reasoning(body: JsonObject, dropped: DroppedNames): JsonObject | null {
  const given = optional(body['reasoning'], 'reasoning', readObject) ?? {};
  for (const [name, value] of Object.entries(given)) {
    if (name !== 'effort' && name !== 'summary' && value !== null) dropped.add(`reasoning.${name}`);
  }
  const effort =
    optional(body['reasoning_effort'], 'reasoning_effort', readEffort) ??
    optional(given['effort'], 'reasoning.effort', readEffort);
  const summary = optional(given['summary'], 'reasoning.summary', readName);
  if (effort === null && summary === null) return null;
  return present({ effort, summary: summary ?? (effort === 'none' ? null : 'auto') });
}

/** Custom efforts are JSON numbers on the wire (PROTOCOL 2.3). */
function readEffort(value: unknown, param: string): string | number {
  return typeof value === 'number' ? readNumber(value, param) : readName(value, param);
}

/** `response_format` and `verbosity` as the `text` of a Responses request. */
export function textConfig(body: JsonObject): JsonObject | null {
  const format = optional(body['response_format'], 'response_format', responseFormat);
  const verbosity = optional(body['verbosity'], 'verbosity', readName);
  return format === null && verbosity === null ? null : present({ verbosity, format });
}

function responseFormat(value: unknown, param: string): JsonObject {
  const format = readObject(value, param);
  const type = readText(format['type'], `${param}.type`);
  if (type === 'text' || type === 'json_object') return { type };
  if (type !== 'json_schema') throw wrongValue(`${param}.type`, 'A format is text, json_object or json_schema.');
  const nested = format['json_schema'] !== undefined;
  const at = nested ? `${param}.json_schema` : param;
  const schema = nested ? readObject(format['json_schema'], at) : format;
  return present({
    type,
    name: readName(schema['name'], `${at}.name`),
    description: optional(schema['description'], `${at}.description`, readText),
    // Chat schemas are loose unless they say so.
    strict: optional(schema['strict'], `${at}.strict`, readFlag) ?? false,
    schema: optional(schema['schema'], `${at}.schema`, readObject) ?? {},
  });
}

export interface TokenLimit {
  readonly value: number;
  /** The name under which the client sent it. */
  readonly name: string;
}

/** `max_completion_tokens`, or the older `max_tokens`. Some clients send 0 or -1 for "no limit". */
export function tokenLimit(body: JsonObject): TokenLimit | null {
  for (const name of ['max_completion_tokens', 'max_tokens']) {
    const value = optional(body[name], name, readInteger);
    if (value !== null && value > 0) return { value, name };
  }
  return null;
}

export const serviceTier = (value: unknown): string | null => {
  const tier = optional(value, 'service_tier', readName);
  return tier === 'fast' ? 'priority' : tier;
};
