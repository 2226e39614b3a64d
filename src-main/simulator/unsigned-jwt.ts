/** A JWT with `alg: none`: the clients read an access token's claims and never check a signature (PROTOCOL 1.5). */
export function unsignedJwt(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.c2ln`;
}
