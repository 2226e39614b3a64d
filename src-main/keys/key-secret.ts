import { createHash, timingSafeEqual } from 'node:crypto';

const start = 'sk-relay-';
const secretBytes = 32;
const shape = /^sk-relay-[A-Za-z0-9_-]{43}$/;
const prefixLength = 12;

export type RandomBytes = (length: number) => Uint8Array;

/** A Relay key: 256 random bits after a prefix that secret scanners can tell. */
export const makeSecret = (randomBytes: RandomBytes): string =>
  start + Buffer.from(randomBytes(secretBytes)).toString('base64url');

/** The first characters: enough to recognise a key, far too few to guess it. */
export const prefixOf = (secret: string): string => secret.slice(0, prefixLength);

/** Whether it can be a Relay key at all; bounds what is hashed. */
export const isSecretShaped = (text: string): boolean => shape.test(text);

/** SHA-256 is enough for 256 random bits: there is nothing to guess that a slow hash would protect. */
export const digestOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

export const sameDigest = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
