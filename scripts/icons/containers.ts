/** One square picture as PNG. */
export interface Picture {
  readonly size: number;
  readonly png: Buffer;
}

/** A Windows icon of PNG pictures, up to 256 pixels each: header, directory, pictures. */
export function icoOf(pictures: readonly Picture[]): Buffer {
  const header = Buffer.alloc(6);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pictures.length, 4);
  let offset = header.length + 16 * pictures.length;
  const directory = pictures.map(({ size, png }) => {
    const entry = Buffer.alloc(16);
    // 256 does not fit into its byte and is written as 0.
    entry.writeUInt8(size % 256, 0);
    entry.writeUInt8(size % 256, 1);
    entry.writeUInt16LE(1, 4);
    entry.writeUInt16LE(32, 6);
    entry.writeUInt32LE(png.length, 8);
    entry.writeUInt32LE(offset, 12);
    offset += png.length;
    return entry;
  });
  return Buffer.concat([header, ...directory, ...pictures.map(({ png }) => png)]);
}

/** The types of an Apple icon that hold PNG, by pixels; the second of a pair is the small size at double density. */
const icnsTypes: readonly (readonly [type: string, size: number])[] = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic08', 256],
  ['ic13', 256],
  ['ic09', 512],
  ['ic14', 512],
  ['ic10', 1_024],
];
export const icnsSizes: readonly number[] = [...new Set(icnsTypes.map(([, size]) => size))];

/** An Apple icon of PNG pictures: one chunk for each type, its length with its own eight bytes. */
export function icnsOf(pictures: readonly Picture[]): Buffer {
  const chunk = (type: string, content: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32BE(8 + content.length, 4);
    return Buffer.concat([head, content]);
  };
  const chunks = icnsTypes.map(([type, size]) => chunk(type, pictures.find((picture) => picture.size === size)!.png));
  return chunk('icns', Buffer.concat(chunks));
}
