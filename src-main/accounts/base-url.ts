import { isIP, isIPv6 } from 'node:net';
import { RelayError } from '../../src-shared/domain/relay-error.ts';

/** Names under which clouds hand out credentials to whoever asks (FAULTS B-12). */
const metadataNames = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'instance-data',
  'instance-data.ec2.internal',
]);
/** The same as addresses, where they are not link-local anyway. */
const metadataAddresses = new Set(['100.100.100.200', '168.63.129.16', '192.0.0.192', '[fd00:ec2::254]']);

/** The base URL as it is kept: no trailing slash. Throws RelayError `invalid_value` with one sentence. */
export function checkBaseUrl(text: string): string {
  const url = URL.parse(text.trim());
  if (url === null) throw refused('It is not a URL; write it like https://api.example.com/v1.');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refused('It must begin with https://.');
  if (url.username !== '' || url.password !== '') {
    throw refused('It must not hold a user name or password; the API key is given apart.');
  }
  if (url.search !== '' || url.hash !== '') throw refused('It must not hold a query or a fragment.');
  const host = url.hostname.toLowerCase().replace(/\.$/, '');
  if (isMetadata(host)) throw refused('It points at a link-local or metadata address, which Relay never calls.');
  if (url.protocol === 'http:' && !isLoopback(host)) {
    throw refused('Plain http is only for this machine (127.0.0.1, localhost, [::1]); use https.');
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function isLoopback(host: string): boolean {
  const mapped = mappedIPv4(host);
  if (mapped !== null) return isLoopback(mapped);
  if (host === 'localhost' || host.endsWith('.localhost') || host === '[::1]') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

function isMetadata(host: string): boolean {
  const mapped = mappedIPv4(host);
  if (mapped !== null) return isMetadata(mapped);
  if (metadataNames.has(host) || metadataAddresses.has(host)) return true;
  if (isIP(host) === 4) return host.startsWith('169.254.') || host.startsWith('0.');
  const address = host.replace(/^\[|\]$/g, '');
  // fe80::/10
  return isIPv6(address) && (/^fe[89ab][0-9a-f]:/.test(address) || address === '::');
}

/** The IPv4 address inside an IPv4-mapped one; a parsed URL writes it as two groups of hexadecimal digits. */
function mappedIPv4(host: string): string | null {
  const match = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(host);
  if (match === null) return null;
  const [high, low] = [Number.parseInt(match[1]!, 16), Number.parseInt(match[2]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

const refused = (why: string): RelayError =>
  new RelayError('invalid_value', { message: `This base URL cannot be used. ${why}`, param: 'baseUrl' });
