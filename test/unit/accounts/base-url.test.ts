import { describe, expect, test } from 'vitest';
import { checkBaseUrl } from '../../../src-main/accounts/base-url.ts';

const refused = (why: string) => ({
  code: 'invalid_value',
  param: 'baseUrl',
  message: `This base URL cannot be used. ${why}`,
});
const http = 'Plain http is only for this machine (127.0.0.1, localhost, [::1]); use https.';
const metadata = 'It points at a link-local or metadata address, which Relay never calls.';

describe('a base URL', () => {
  test.each([
    [' https://api.example.com/v1/ ', 'https://api.example.com/v1'],
    ['https://API.example.com', 'https://api.example.com'],
    ['https://192.168.1.5:8443/v1', 'https://192.168.1.5:8443/v1'],
    ['http://127.0.0.1:11434/v1', 'http://127.0.0.1:11434/v1'],
    ['http://localhost:1234', 'http://localhost:1234'],
    ['http://[::1]:1234/v1//', 'http://[::1]:1234/v1'],
    ['http://[::ffff:127.0.0.1]:1234', 'http://[::ffff:7f00:1]:1234'],
  ])('%s is kept as %s', (text, kept) => {
    expect(checkBaseUrl(text)).toBe(kept);
  });

  test.each([
    ['api.example.com', 'It is not a URL; write it like https://api.example.com/v1.'],
    ['', 'It is not a URL; write it like https://api.example.com/v1.'],
    ['file:///etc/passwd', 'It must begin with https://.'],
    ['ftp://example.com', 'It must begin with https://.'],
    ['https://user:pass@api.example.com', 'It must not hold a user name or password; the API key is given apart.'],
    ['https://api.example.com/v1?key=1', 'It must not hold a query or a fragment.'],
    ['http://api.example.com', http],
    ['http://192.168.1.5', http],
    ['http://127.0.0.1.nip.io', http],
    ['http://localhost.attacker.test', http],
    ['http://169.254.169.254/latest', metadata],
    ['https://169.254.1.1', metadata],
    ['http://2852039166/', metadata],
    ['http://0xa9.0xfe.0xa9.0xfe/', metadata],
    ['https://[fe80::1]', metadata],
    ['https://[febf::1]', metadata],
    ['https://[::ffff:169.254.169.254]', metadata],
    ['https://[fd00:ec2::254]', metadata],
    ['https://metadata.google.internal./', metadata],
    ['https://0.0.0.0', metadata],
    ['https://[::]', metadata],
  ])('%s is refused: %s', (text, why) => {
    expect(() => checkBaseUrl(text)).toThrow(expect.objectContaining(refused(why)));
  });
});
