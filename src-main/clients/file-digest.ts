import { createHash } from 'node:crypto';

export const digestOfBytes = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');
