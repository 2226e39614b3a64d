import { RelayError } from '../../src-shared/domain/relay-error.ts';

/**
 * Reads the address of an upstream: https anywhere, http only on this machine, because tokens travel to it.
 * The answer has no trailing slash. `name` is what a person called the value, such as RELAY_OPENAI_BASE_URL.
 */
export function readUpstreamUrl(value: string, name: string): string {
  const refuse = (message: string) => new RelayError('invalid_value', { message: `${name} ${message}` });
  const url = URL.parse(value);
  if (url === null) throw refuse('is not an address. Give one such as https://api.openai.com/v1.');
  if (url.username !== '' || url.password !== '') throw refuse('must not hold a user name or password.');
  if (url.search !== '' || url.hash !== '') throw refuse('must not have a query or a fragment.');
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
  if (!isSafe) throw refuse('must be https, or http on this machine, because tokens are sent to it.');
  return url.href.replace(/\/+$/, '');
}

/** URL has already written 127.1 or 0x7f000001 as 127.0.0.1. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
