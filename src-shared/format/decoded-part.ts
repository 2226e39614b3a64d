/** A part of an address without its percent signs; as it stands where they are none of its encoding. */
export function decodedPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
