import { createHash } from 'node:crypto';

const START = 'sk-relay-';
const SHOWN_CHARACTERS = 16;
const wellFormed = /^sk-relay-[A-Za-z0-9_-]{43}$/;

/** 256 random bits behind a start that people and secret scanners recognise. */
export const newKeySecret = (randomBytes: (size: number) => Buffer): string =>
  `${START}${randomBytes(32).toString('base64url')}`;

/** The only form in which a key is stored. */
export const digestOfKey = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Enough to tell keys apart, far too little to guess one. */
export const prefixOfKey = (secret: string): string => secret.slice(0, SHOWN_CHARACTERS);

/** Anything else cannot be a key and is not even hashed: no length, no character of it can do harm. */
export const isKeyShaped = (secret: string): boolean => wellFormed.test(secret);
