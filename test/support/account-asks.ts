import type { AccountView } from '../../src-shared/contract/account.ts';
import { rawCall } from './raw-call.ts';
import type { RunningRelay } from './running-relay.ts';

/** A streamed call with the Relay key. */
export function post(relay: RunningRelay, text: string): Promise<Response> {
  return fetch(`${relay.url}/v1/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', stream: true, input: text }),
  });
}

/** Which account answered. */
export async function ask(relay: RunningRelay, text = 'sim:say hello'): Promise<string> {
  const response = await post(relay, text);
  await response.text();
  return response.status === 200 ? (response.headers.get('x-relay-account') ?? '') : String(response.status);
}

/** One request with the API token; throws the status and the body where it is refused. */
export async function api<T>(relay: RunningRelay, method: string, path: string, body?: object): Promise<T> {
  const answer = await rawCall(relay.url, {
    method,
    path: `/api${path}`,
    headers: {
      authorization: `Bearer ${relay.apiToken}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (answer.status >= 400) throw new Error(`${answer.status} ${answer.text}`);
  return (answer.text === '' ? null : JSON.parse(answer.text)) as T;
}

export const idOf = (relay: RunningRelay, label: string): string =>
  relay.relay.accounts.list().find((account) => account.label === label)!.id;
export const viewOf = (relay: RunningRelay, label: string): AccountView =>
  relay.relay.accounts.views().find((view) => view.label === label)!;
