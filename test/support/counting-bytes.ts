/** Bytes that look random and are the same in every run; no two calls give the same. */
export function createCountingBytes(): (size: number) => Buffer {
  let count = 0;
  return (size) => {
    count += 1;
    const bytes = Buffer.alloc(size);
    bytes.writeUInt16BE(count, 0);
    return bytes;
  };
}
