import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { housePicture } from './house/house-picture.ts';

/** `npm run house`: draws the picture in ARCHITECTURE.md anew. */
const root = join(import.meta.dirname, '..');
const page = join(root, 'ARCHITECTURE.md');
const drawn = readFileSync(page, 'utf8').replace(/(?<=```mermaid\n).*?(?=\n```)/s, () => housePicture(root));
writeFileSync(page, drawn);
