import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { trayMoods } from '../../src-main/shell/tray-state.ts';
import { trayGlyph } from './tray-glyph.ts';

/** What the pictures were rendered from and what came of it; stands in assets/rendered.json. */
export interface Rendered {
  /** Digest of all that is drawn. */
  readonly source: string;
  /** Digest of each file, by its path below assets. */
  readonly files: Readonly<Record<string, string>>;
}

export const digestOf = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** The digest of everything that is drawn: the app's icon and the tray's. */
export function sourceDigest(assets: string): string {
  const glyphs = trayMoods.flatMap((mood) => [trayGlyph(mood, false), trayGlyph(mood, true)]);
  return digestOf([readFileSync(join(assets, 'icon.svg'), 'utf8').replaceAll('\r\n', '\n'), ...glyphs].join('\n'));
}
