import { hash } from 'node:crypto';
import { isJsonObject } from './json-object.ts';
import { type JsonRange, memberBytes, scanRange } from './json-scan.ts';

/** An item that carries encrypted content; only the account that made it can read it (PROTOCOL 9.1). */
export interface EncryptedItem {
  /** Its place in the input. */
  readonly index: number;
  /** Reasoning can be left out; what replaces the conversation before it, as a compaction does, cannot. */
  readonly droppable: boolean;
  readonly digest: string;
}

const member = '"encrypted_content"';
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Content is random from its first bytes on; what is hashed is bounded however large it is. */
const HEAD = 512;
const TAIL = 64;

/** The encrypted items of an input array, by its bytes and where its items are, which is asked only where one is encrypted. */
export function encryptedItemsIn(input: Buffer, items: () => readonly JsonRange[]): EncryptedItem[] {
  if (!input.includes(member)) return [];
  return items().flatMap(({ valueStart, end }, index) => {
    const found = encryptedItem(input.subarray(valueStart, end));
    return found === null ? [] : [{ index, ...found }];
  });
}

/** The same for items that are parsed already. */
export function encryptedItemsOf(input: unknown): EncryptedItem[] {
  if (!Array.isArray(input)) return [];
  return input.flatMap((item: unknown, index) => {
    const content = isJsonObject(item) ? item['encrypted_content'] : null;
    if (!isJsonObject(item) || typeof content !== 'string' || content === '') return [];
    return [{ index, droppable: item['type'] === 'reasoning', digest: digestOf(content) }];
  });
}

/** What is encrypted in the item of an `output_item.done` event, whose data these bytes are. */
export function encryptedOutput(data: Buffer): Omit<EncryptedItem, 'index'> | null {
  if (!data.includes(member)) return null;
  const item = memberBytes(data, scanRange(data, 0, data.length).ranges, 'item');
  return item === null ? null : encryptedItem(item);
}

function encryptedItem(item: Buffer): Omit<EncryptedItem, 'index'> | null {
  if (!item.includes(member)) return null;
  const { root, ranges } = scanRange(item, 0, item.length);
  const content = root === 'object' ? memberBytes(item, ranges, 'encrypted_content') : null;
  if (content === null || content[0] !== QUOTE || content.length < 3) return null;
  const droppable = memberBytes(item, ranges, 'type')?.toString('latin1') === '"reasoning"';
  return { droppable, digest: digestOf(textOf(content)) };
}

/** Content has no escapes as a rule, and JSON writers may put some in: equal content must give equal text. */
function textOf(literal: Buffer): string {
  if (literal.includes(BACKSLASH)) return String(JSON.parse(literal.toString('utf8')));
  return literal.toString('utf8', 1, literal.length - 1);
}

/** 96 bits, as text. */
function digestOf(content: string): string {
  const bounded = content.length <= HEAD + TAIL ? content : content.slice(0, HEAD) + content.slice(-TAIL);
  return hash('sha256', `${content.length} ${bounded}`, 'base64url').slice(0, 16);
}
