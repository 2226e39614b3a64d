import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';
import { detailRefusal } from './refusal.ts';

const inflaters: Readonly<Record<string, (body: Buffer) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  br: promisify(brotliDecompress),
  deflate: promisify(inflate),
  zstd: promisify(zstdDecompress),
};

export interface ReceivedBody {
  readonly bytes: number;
  readonly encoding: string | null;
  /** Parsed JSON, form fields as an object, other text as it is; null when there was no body or it does not parse. */
  readonly value: unknown;
}

/** Reads and inflates a whole body; rejects when the client leaves in the middle. */
export async function readRequestBody(request: IncomingMessage): Promise<ReceivedBody> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const wire = Buffer.concat(chunks);
  const encoding = request.headers['content-encoding'] ?? null;
  const plain = await inflateBody(wire, encoding);
  return { bytes: wire.length, encoding, value: readValue(plain, request.headers['content-type'] ?? '') };
}

async function inflateBody(wire: Buffer, encoding: string | null): Promise<Buffer> {
  if (wire.length === 0 || encoding === null || encoding === 'identity') return wire;
  const inflater = inflaters[encoding];
  if (inflater === undefined) throw detailRefusal(415, `Unsupported content encoding: ${encoding}`);
  try {
    return await inflater(wire);
  } catch {
    throw detailRefusal(400, `The body is not valid ${encoding}.`);
  }
}

function readValue(plain: Buffer, contentType: string): unknown {
  if (plain.length === 0) return null;
  const text = plain.toString('utf8');
  if (contentType.startsWith('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
