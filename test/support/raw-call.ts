import { request as httpRequest } from 'node:http';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly signal?: AbortSignal;
}

/** One request over its own connection, with nothing added but what is given; `fetch` would not send some of it. */
export function rawCall(
  url: string,
  { method = 'POST', path, headers = {}, body, signal }: RawRequest,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { hostname, port, path, method, headers, agent: false, ...(signal === undefined ? {} : { signal }) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** The data of every event of an SSE text, parsed; `[DONE]` stays text. */
export function sseData(text: string): unknown[] {
  return text
    .split(/\r\n\r\n|\n\n|\r\r/)
    .flatMap((event) => /^data: ?(.*)$/m.exec(event)?.[1] ?? [])
    .map((data) => (data === '[DONE]' ? data : JSON.parse(data)));
}
