import { createDeltaFields, scanDelta } from './delta-scan.ts';
import { asIndex, asText, type JsonObject, parseObject } from './json-object.ts';

/** A delta event, read by splicing or by parsing. One object is used again for every event. */
export interface DeltaEvent {
  /** The JSON string literal of the delta, quotes included. */
  literal: string;
  /** The output index of the item, or its id where the upstream gives no index. */
  item: number | string;
  /** Which part of the item: its content or summary index. */
  part: number;
}

export interface DeltaReader {
  /** `null` where the event is not JSON or has no delta. */
  read(buf: Buffer, start: number, end: number, partName: 'content_index' | 'summary_index'): DeltaEvent | null;
}

/** `parseOnly` leaves out the fast way; tests hold both to be the same. */
export function createDeltaReader(parseOnly = false): DeltaReader {
  const fields = createDeltaFields();
  const event: DeltaEvent = { literal: '', item: 0, part: 0 };
  return {
    read(buf, start, end, partName) {
      if (!parseOnly && scanDelta(buf, start, end, fields)) {
        event.literal = buf.toString('utf8', fields.literalStart, fields.literalEnd);
        event.item = fields.outputIndex;
        event.part = Math.max(0, partName === 'content_index' ? fields.contentIndex : fields.summaryIndex);
        return event;
      }
      const parsed = parseObject(buf.toString('utf8', start, end));
      const delta = asText(parsed?.['delta']);
      if (parsed === null || delta === null) return null;
      event.literal = JSON.stringify(delta);
      event.item = itemOf(parsed);
      event.part = asIndex(parsed[partName]) ?? 0;
      return event;
    },
  };
}

/** What an event says about its item: the output index, or the id where there is no index. */
export const itemOf = (event: JsonObject): number | string =>
  asIndex(event['output_index']) ?? asText(event['item_id']) ?? '';

/** The same for events about a whole item, which carries its own id. */
export function itemKey(event: JsonObject, item: JsonObject): number | string {
  const key = itemOf(event);
  return key === '' ? (asText(item['id']) ?? '') : key;
}
