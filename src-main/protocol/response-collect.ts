import { readUsage, type Usage } from '../../src-shared/domain/usage.ts';
import { createDeltaReader, itemKey } from './delta-event.ts';
import { createItemDraft, type ItemDraft, isDraftDelta } from './item-draft.ts';
import { asIndex, asObject, asText, type JsonObject, parseObject } from './json-object.ts';
import { type StreamFailure, streamFailure } from './stream-failure.ts';

export interface ResponseCollector {
  /** Takes the data of one Responses event, `buf[start, end)`. Never throws. */
  event(type: string, buf: Buffer, start: number, end: number): void;
  /** The whole answer as a non-streaming client gets it; what `fallback` names stands for what the upstream left out. */
  response(): JsonObject;
  /** `null` until a terminal event came. */
  status(): 'completed' | 'incomplete' | 'failed' | null;
  usage(): Usage;
  modelRan(): string | null;
  failure(): StreamFailure | null;
  malformed(): number;
}

const terminal: ReadonlyMap<string, 'completed' | 'incomplete' | 'failed'> = new Map([
  ['response.completed', 'completed'],
  ['response.incomplete', 'incomplete'],
  ['response.failed', 'failed'],
  ['error', 'failed'],
]);

/** Rebuilds a Responses answer from its events: the terminal event's output may be empty (PROTOCOL 3.2, FAULTS U-22). */
export function createResponseCollector(fallback: JsonObject = {}): ResponseCollector {
  const reader = createDeltaReader();
  const done = new Map<number | string, JsonObject>();
  const drafts = new Map<number | string, ItemDraft>();
  let begun: JsonObject = {};
  let ended: JsonObject | null = null;
  let status: ReturnType<ResponseCollector['status']> = null;
  let failure: StreamFailure | null = null;
  let malformed = 0;

  const draftOf = (key: number | string): ItemDraft => {
    const known = drafts.get(key);
    if (known !== undefined) return known;
    const draft = createItemDraft();
    drafts.set(key, draft);
    return draft;
  };

  const onEvent = (type: string, event: JsonObject): void => {
    const item = asObject(event['item']);
    const end = terminal.get(type);
    if (end !== undefined) {
      status = end;
      ended = asObject(event['response']) ?? {};
      if (end === 'failed') failure = streamFailure(event);
    } else if (item === null) {
      begun = asObject(event['response']) ?? begun;
    } else if (type === 'response.output_item.added') {
      draftOf(itemKey(event, item)).begin(item);
    } else {
      done.set(itemKey(event, item), item);
    }
  };

  const output = (): JsonObject[] => {
    const items = new Map<number | string, JsonObject>();
    for (const [key, draft] of drafts) {
      const item = done.has(key) ? null : draft.item();
      if (item !== null) items.set(key, item);
    }
    for (const [key, item] of done) items.set(key, item);
    return [...items].sort(([a], [b]) => position(a) - position(b)).map(([, item]) => item);
  };

  return {
    event(type, buf, start, end) {
      if (status !== null) return;
      const kind = isDraftDelta(type);
      if (kind !== null) {
        const delta = reader.read(buf, start, end, kind.partName);
        if (delta === null) malformed += 1;
        else if (!done.has(delta.item)) draftOf(delta.item).add(kind, delta.part, delta.literal);
        return;
      }
      if (!wholeEvents.has(type) && !terminal.has(type)) return;
      const event = parseObject(buf.toString('utf8', start, end));
      if (event === null) malformed += 1;
      else onEvent(type, event);
    },
    response() {
      const response: JsonObject = { ...begun, ...ended };
      const own = response['output'];
      return {
        ...fallback,
        error: null,
        incomplete_details: null,
        ...response,
        object: 'response',
        status: status ?? 'in_progress',
        output: Array.isArray(own) && own.length > 0 ? own : output(),
        usage: asObject(response['usage']),
      };
    },
    status: () => status,
    usage: () => readUsage(ended?.['usage']),
    modelRan: () => asText(ended?.['model']) ?? asText(begun['model']),
    failure: () => failure,
    malformed: () => malformed,
  };
}

const wholeEvents = new Set([
  'response.created',
  'response.in_progress',
  'response.output_item.added',
  'response.output_item.done',
]);

/** Items that came without an index keep their order behind the others. */
const position = (key: number | string): number => asIndex(key) ?? Number.MAX_SAFE_INTEGER;
