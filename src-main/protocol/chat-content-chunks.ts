import { chatAnnotation, reasoningSections, sectionBreak } from './answer-parts.ts';
import type { ChunkWriter } from './chat-chunk.ts';
import type { DeltaEvent } from './delta-event.ts';
import { asObjects, asText, type JsonObject } from './json-object.ts';
import type { StopCutter } from './stop-cutter.ts';

type Key = number | string;
type Kind = 'text' | 'refusal' | 'summary' | 'content';

/** Text, refusals, reasoning and citations of one answer as Chat chunks; '' where an event gives the client nothing. */
export interface ContentChunks {
  text(event: DeltaEvent): string;
  refusal(event: DeltaEvent): string;
  /** `summary` or raw `content`; both are shown as `reasoning_content`. */
  reasoning(kind: 'summary' | 'content', event: DeltaEvent): string;
  annotation(annotation: JsonObject, key: Key): string;
  /** Whatever of the item did not come as deltas, once. */
  messageDone(item: JsonObject, key: Key): string;
  reasoningDone(item: JsonObject, key: Key): string;
  /** The text that was held back for a stop sequence that did not come. */
  flush(): string;
  hasText(): boolean;
  hasReasoning(): boolean;
}

/** `begin` gives the chunk that names the author, before the first chunk of all. */
export function createContentChunks(
  chunk: ChunkWriter,
  begin: (content: '' | null) => string,
  stop: StopCutter | null,
): ContentChunks {
  const openText = `${chunk.open}"content":`;
  const openRefusal = `${chunk.open}"refusal":`;
  const openReasoning = `${chunk.open}"reasoning_content":`;
  const breakReasoning = chunk.delta({ reasoning_content: sectionBreak });
  const seen = new Set<string>();
  const done = new Set<Key>();
  const annotated = new Set<Key>();
  let lastKind: Kind | null = null;
  let lastItem: Key = '';
  let lastPart = -1;
  let lastSection: string | null = null;
  let hasText = false;
  /** Characters of the message items that are done: citations count from the beginning of the whole answer. */
  let offset = 0;

  /** Most deltas continue the part of the one before, and then nothing is looked up. */
  const enter = (kind: Kind, item: Key, part: number): void => {
    if (part === lastPart && item === lastItem && kind === lastKind) return;
    lastKind = kind;
    lastItem = item;
    lastPart = part;
    seen.add(`${kind}/${item}/${part}`);
  };

  const wasSeen = (kind: Kind, part: number, key: Key, id: Key): boolean =>
    seen.has(`${kind}/${key}/${part}`) || seen.has(`${kind}/${id}/${part}`);

  const show = (text: string): string => (text === '' ? '' : begin('') + openText + JSON.stringify(text) + chunk.close);

  const text = ({ literal, item, part }: DeltaEvent): string => {
    if (literal === '""') return '';
    enter('text', item, part);
    hasText = true;
    if (stop !== null) return show(stop.push(JSON.parse(literal) as string));
    return begin('') + openText + literal + chunk.close;
  };

  const refusal = ({ literal, item, part }: DeltaEvent): string => {
    if (literal === '""') return '';
    enter('refusal', item, part);
    hasText = true;
    return begin(null) + openRefusal + literal + chunk.close;
  };

  const reasoning = (kind: 'summary' | 'content', { literal, item, part }: DeltaEvent): string => {
    if (literal === '""') return '';
    const section =
      kind === lastKind && item === lastItem && part === lastPart ? lastSection : `${kind}/${item}/${part}`;
    const separator = lastSection === null || lastSection === section ? '' : breakReasoning;
    lastSection = section;
    enter(kind, item, part);
    return begin(null) + separator + openReasoning + literal + chunk.close;
  };

  return {
    text,
    refusal,
    reasoning,
    annotation(annotation, key) {
      const citation = chatAnnotation(annotation, offset);
      if (citation === null) return '';
      annotated.add(key);
      return begin('') + chunk.delta({ annotations: [citation] });
    },
    messageDone(item, key) {
      const id = asText(item['id']) ?? key;
      const annotations: JsonObject[] = [];
      let shown = '';
      let length = 0;
      for (const [part, content] of asObjects(item['content']).entries()) {
        const kind = content['type'] === 'refusal' ? 'refusal' : 'text';
        const whole = asText(content[kind]) ?? '';
        if (!wasSeen(kind, part, key, id)) {
          const event = { literal: JSON.stringify(whole), item: key, part };
          shown += kind === 'text' ? text(event) : refusal(event);
          if (stop?.stopped()) return shown;
        }
        for (const entry of asObjects(content['annotations'])) {
          const citation = chatAnnotation(entry, offset + length);
          if (citation !== null) annotations.push(citation);
        }
        if (kind === 'text') length += whole.length;
      }
      if (!done.has(key)) offset += length;
      done.add(key);
      if (annotations.length === 0 || annotated.has(key) || annotated.has(id)) return shown;
      annotated.add(key);
      return shown + begin('') + chunk.delta({ annotations });
    },
    reasoningDone(item, key) {
      const id = asText(item['id']) ?? key;
      let shown = '';
      for (const { kind, part, text: whole } of reasoningSections(item)) {
        if (!wasSeen(kind, part, key, id))
          shown += reasoning(kind, { literal: JSON.stringify(whole), item: key, part });
      }
      return shown;
    },
    flush: () => show(stop?.flush() ?? ''),
    hasText: () => hasText,
    hasReasoning: () => lastSection !== null,
  };
}
