import { createCipheriv, createDecipheriv, createHmac, scrypt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { RelayError } from '../../src-shared/domain/relay-error.ts';

/** scrypt's cost; memory use is 128 * N * r bytes. Bounded when read, since the file is input. */
const costSchema = z.object({
  N: z
    .number()
    .int()
    .min(2 ** 10)
    .max(2 ** 18),
  r: z.number().int().min(1).max(16),
  p: z.number().int().min(1).max(4),
});
export type ScryptCost = z.infer<typeof costSchema>;

const sealedSchema = z.object({
  version: z.literal(1),
  cipher: z.literal('aes-256-gcm'),
  kdf: z.literal('scrypt'),
  cost: costSchema,
  salt: z.base64(),
  /** Tells a wrong passphrase from a damaged file. */
  check: z.base64(),
  iv: z.base64(),
  tag: z.base64(),
  data: z.base64(),
});
const secretsSchema = z.record(z.string(), z.string());

/** A key with what it was derived from. */
export interface SealKey {
  readonly key: Buffer;
  readonly salt: Buffer;
  readonly cost: ScryptCost;
}

/** Derives the key of a passphrase; a few tenths of a second of another core. */
export type SealKeyDeriver = (passphrase: string, salt: Buffer, cost: ScryptCost) => Promise<SealKey>;

export async function deriveSealKey(passphrase: string, salt: Buffer, cost: ScryptCost): Promise<SealKey> {
  const maxmem = 256 * cost.N * cost.r;
  const key = await new Promise<Buffer>((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, 32, { ...cost, maxmem }, (error, derived) =>
      error === null ? resolve(derived) : reject(error),
    );
  });
  return { key, salt, cost };
}

/** Derives the same key only once, as long as no other is asked for. */
export function createSealKeyDeriver(derive: SealKeyDeriver = deriveSealKey): SealKeyDeriver {
  let last: { readonly of: string; readonly key: Promise<SealKey> } | null = null;
  return (passphrase, salt, cost) => {
    const of = JSON.stringify([passphrase, salt.toString('base64'), cost.N, cost.r, cost.p]);
    if (last?.of !== of) last = { of, key: derive(passphrase, salt, cost) };
    return last.key;
  };
}

/** What `unsealSecrets` would derive the key of this file from; `null` where it is none of Relay's. */
export function sealHeadOf(text: string): { readonly salt: Buffer; readonly cost: ScryptCost } | null {
  const sealed = sealedSchema.safeParse(parseJson(text));
  return sealed.success ? { salt: Buffer.from(sealed.data.salt, 'base64'), cost: sealed.data.cost } : null;
}

/** The text of a file that holds the secrets, readable only with the key. `iv` is 12 fresh random bytes. */
export function sealSecrets(secrets: ReadonlyMap<string, string>, seal: SealKey, iv: Buffer): string {
  const head = headOf(seal);
  const cipher = createCipheriv('aes-256-gcm', seal.key, iv).setAAD(Buffer.from(JSON.stringify(head)));
  const data = Buffer.concat([cipher.update(JSON.stringify(Object.fromEntries(secrets)), 'utf8'), cipher.final()]);
  const sealed = {
    ...head,
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  };
  return `${JSON.stringify(sealed)}\n`;
}

/** Rejects with one sentence each for a file that is not one of Relay's, a wrong passphrase and a changed file. */
export async function unsealSecrets(
  text: string,
  passphrase: string,
  derive: SealKeyDeriver = deriveSealKey,
): Promise<{ secrets: Map<string, string>; seal: SealKey }> {
  const sealed = sealedSchema.safeParse(parseJson(text));
  if (!sealed.success) throw damaged();
  const { cost, salt, check, iv, tag, data } = sealed.data;
  const seal = await derive(passphrase, Buffer.from(salt, 'base64'), cost);
  const head = headOf(seal);
  const stored = Buffer.from(check, 'base64');
  const expected = Buffer.from(head.check, 'base64');
  if (stored.length !== expected.length || !timingSafeEqual(stored, expected)) {
    throw new RelayError('secrets_locked', {
      message: 'The passphrase does not open secrets.enc. Set RELAY_PASSPHRASE to the one it was made with.',
    });
  }
  try {
    const decipher = createDecipheriv('aes-256-gcm', seal.key, Buffer.from(iv, 'base64'), { authTagLength: 16 })
      .setAAD(Buffer.from(JSON.stringify(head)))
      .setAuthTag(Buffer.from(tag, 'base64'));
    const plain = Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]).toString('utf8');
    return { secrets: new Map(Object.entries(secretsSchema.parse(JSON.parse(plain)))), seal };
  } catch (cause) {
    throw damaged(cause);
  }
}

const headOf = ({ key, salt, cost }: SealKey) => ({
  version: 1,
  cipher: 'aes-256-gcm',
  kdf: 'scrypt',
  cost: { N: cost.N, r: cost.r, p: cost.p },
  salt: salt.toString('base64'),
  check: createHmac('sha256', key).update('relay passphrase check').digest('base64'),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const damaged = (cause?: unknown): RelayError =>
  new RelayError('storage_error', {
    message:
      'The file secrets.enc was changed or damaged. Restore it from a backup, or move it away and add the accounts again.',
    cause,
  });
