/** Names under which a secret stands, whatever its value looks like; words are parted by a hyphen here, and as people like elsewhere. */
export const secretNames: readonly string[] = [
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'api-key',
  'x-api-key',
  'api-token',
  'secret',
  'client-secret',
  'password',
  'passphrase',
  'token',
  'access-token',
  'refresh-token',
  'id-token',
  'private-key',
];
