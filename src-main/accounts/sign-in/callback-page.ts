import type { ServerResponse } from 'node:http';
import { htmlText } from '../../../src-shared/format/html-text.ts';

/**
 * Ends a callback with a page of one sentence of Relay's own; labels and mails in it are other people's text. It has no script,
 * and nothing of the request is in it.
 */
export function sendPage(response: ServerResponse, status: number, sentence: string): void {
  const page = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Relay</title><h1>Relay</h1><p>${htmlText(sentence)}</p></html>
`;
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(page),
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    'x-content-type-options': 'nosniff',
    // The address holds the code.
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(page);
}
