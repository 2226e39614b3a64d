/** What is larger is worth a write of its own; it would take a copy to save that. */
export const LARGE_BYTES = 64 * 1024;

/** The same bytes in as few pieces as go without copying a large one. */
export function joinedPieces(pieces: readonly Buffer[]): Buffer[] {
  const joined: Buffer[] = [];
  let few: Buffer[] = [];
  let bytes = 0;
  const flush = (): void => {
    if (few.length > 0) joined.push(few.length === 1 ? few[0]! : Buffer.concat(few, bytes));
    few = [];
    bytes = 0;
  };
  for (const piece of pieces) {
    if (bytes + piece.length > LARGE_BYTES) flush();
    few.push(piece);
    bytes += piece.length;
  }
  flush();
  return joined;
}
