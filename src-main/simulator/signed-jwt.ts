import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

let key: { readonly secret: KeyObject; readonly id: string } | null = null;

/** Made at first need, once in a process: 2048 bits take a while. */
function signingKey() {
  if (key === null) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const { n = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
    key = { secret: privateKey, id: n.slice(0, 16) };
  }
  return key;
}

/** A JWT with `alg: RS256`, as the sign-in service writes its id tokens. */
export function signedJwt(claims: Readonly<Record<string, unknown>>): string {
  const { secret, id } = signingKey();
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${part({ alg: 'RS256', typ: 'JWT', kid: id })}.${part(claims)}`;
  return `${content}.${sign('sha256', Buffer.from(content), secret).toString('base64url')}`;
}
