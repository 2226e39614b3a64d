/** A request as far as the bench's upstream must understand it. */
export interface Request {
  method: string;
  path: string;
  /** The first bytes of the body, enough for the order and for `stream`. */
  body: string;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');
const KEPT_BODY_BYTES = 64 * 1024;

/** Reads the requests of one connection, one after the other; a body beyond its first 64 KB is counted and dropped. */
export function createRequestReader(onRequest: (request: Request) => void): (bytes: Buffer) => void {
  let head: Buffer | null = null;
  let request: Request | null = null;
  /** Bytes of the body still to come; null while a chunked body runs. */
  let remaining: number | null = 0;

  const finish = (): void => {
    const done = request!;
    request = null;
    onRequest(done);
  };

  const readBody = (bytes: Buffer): void => {
    if (request!.body.length < KEPT_BODY_BYTES) request!.body += bytes.toString('latin1', 0, KEPT_BODY_BYTES);
    if (remaining === null) {
      if (bytes.length >= LAST_CHUNK.length ? endsWith(bytes, LAST_CHUNK) : request!.body.endsWith('0\r\n\r\n'))
        finish();
      return;
    }
    remaining -= bytes.length;
    if (remaining <= 0) finish();
  };

  return (bytes) => {
    if (request) return readBody(bytes);
    const start = head ? Buffer.concat([head, bytes]) : bytes;
    const end = start.indexOf(HEAD_END);
    if (end === -1) {
      head = start;
      return;
    }
    head = null;
    const text = start.toString('latin1', 0, end);
    const [method = '', path = ''] = text.slice(0, text.indexOf('\r\n')).split(' ');
    const length = /\r\ncontent-length: *(\d+)/i.exec(text);
    request = { method, path, body: '' };
    remaining = length ? Number(length[1]) : /\r\ntransfer-encoding: *chunked/i.test(text) ? null : 0;
    if (remaining === 0) finish();
    else if (start.length > end + HEAD_END.length) readBody(start.subarray(end + HEAD_END.length));
  };
}

function endsWith(bytes: Buffer, ending: Buffer): boolean {
  return bytes.compare(ending, 0, ending.length, bytes.length - ending.length) === 0;
}
