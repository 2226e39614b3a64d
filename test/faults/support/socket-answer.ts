import type { RawAnswer } from '../../support/raw-call.ts';

/** One answer with a body of JSON, of the text that came over a socket. */
export function socketAnswer(text: string): RawAnswer {
  const [top = '', body = ''] = text.split('\r\n\r\n');
  const headers = top
    .split('\r\n')
    .slice(1)
    .map((line) => [line.split(': ')[0]!.toLowerCase(), line.split(': ')[1]]);
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(top)?.[1]),
    headers: Object.fromEntries(headers),
    text: /\{.*\}/s.exec(body)?.[0] ?? body,
  };
}
