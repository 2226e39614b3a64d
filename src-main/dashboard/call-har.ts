import type { CallBodies, CapturedBody } from '../../src-shared/contract/call-bodies.ts';
import type { CallExport, Har } from '../../src-shared/contract/call-export.ts';

type Entry = Har['log']['entries'][number];

const paths: Readonly<Record<CallExport['call']['endpoint'], string>> = {
  responses: '/v1/responses',
  chat: '/v1/chat/completions',
  compact: '/v1/responses/compact',
  ollama: '/api/chat',
  websocket: '/v1/responses',
  passthrough: '/v1',
};

/** An exported call as an HTTP Archive: what the client asked and got first, then each attempt. Hosts are made up. */
export function harOf({ relay, call, headers, bodies }: CallExport): Har {
  const client = entry({
    at: call.startedAt,
    host: 'relay.invalid',
    path: paths[call.endpoint],
    ...{ status: call.httpStatus, firstMs: call.ttftMs, totalMs: call.durationMs },
    request: { headers: headers?.request.headers ?? {}, body: bodies?.request.body ?? null, bytes: call.requestBytes },
    response: { headers: headers?.answer.headers ?? {}, body: bodies?.answer.body ?? null },
    comment: ['The client and Relay', call.status, call.reason].filter((word) => word !== null).join(': '),
  });
  const attempts = call.attempts.map((attempt, index) => {
    const last = index === call.attempts.length - 1;
    const comment = [`Relay and ${attempt.accountLabel}`, attempt.outcome, attempt.reason];
    return entry({
      at: attempt.startedAt,
      host: `${attempt.accountLabel}.invalid`,
      path: '/responses',
      ...{ status: attempt.httpStatus, firstMs: attempt.firstByteMs, totalMs: attempt.durationMs },
      request: { headers: headers?.sent[index]?.headers ?? {}, body: sentBody(bodies, index), bytes: -1 },
      response: { headers: (last ? headers?.upstream?.headers : undefined) ?? {}, body: null },
      comment: comment.filter((word) => word !== null).join(': '),
    });
  });
  return {
    log: { version: '1.2', creator: { name: 'Relay', version: relay.version }, entries: [client, ...attempts] },
  };
}

/** A body that stands there once is the one of all attempts after it. */
function sentBody(bodies: CallExport['bodies'], index: number): CapturedBody | null {
  if (bodies === null || bodies.sent[index] === undefined) return null;
  const sent: readonly CallBodies['sent'][number][] = bodies.sent.slice(0, index + 1);
  return sent.findLast(({ body }) => body !== null)?.body ?? bodies.request.body;
}

interface Described {
  readonly at: number;
  readonly host: string;
  readonly path: string;
  readonly status: number | null;
  readonly firstMs: number | null;
  readonly totalMs: number | null;
  readonly request: {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: CapturedBody | null;
    readonly bytes: number;
  };
  readonly response: { readonly headers: Readonly<Record<string, string>>; readonly body: CapturedBody | null };
  readonly comment: string;
}

function entry({ at, host, path, status, firstMs, totalMs, request, response, comment }: Described): Entry {
  const wait = Math.max(0, firstMs ?? totalMs ?? 0);
  const receive = Math.max(0, (totalMs ?? wait) - wait);
  const sized = { httpVersion: 'HTTP/1.1', cookies: [] as [], headersSize: -1 };
  return {
    startedDateTime: new Date(at).toISOString(),
    time: wait + receive,
    request: {
      ...sized,
      method: 'POST',
      url: `https://${host}${path}`,
      headers: pairs(request.headers),
      queryString: [],
      ...(request.body === null ? {} : { postData: { mimeType: 'application/json', text: request.body.text } }),
      bodySize: request.body?.bytes ?? request.bytes,
    },
    response: {
      ...sized,
      status: status ?? 0,
      statusText: '',
      headers: pairs(response.headers),
      content: {
        size: response.body?.bytes ?? -1,
        mimeType: response.headers['content-type'] ?? 'x-unknown',
        ...(response.body === null ? {} : { text: response.body.text }),
      },
      redirectURL: '',
      bodySize: response.body?.bytes ?? -1,
    },
    cache: {},
    timings: { send: 0, wait, receive },
    comment,
  };
}

const pairs = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers).map(([name, value]) => ({ name, value }));
