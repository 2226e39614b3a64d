const BYTES_PER_TOKEN = 4;
/** An image in the input, whatever its size in bytes; what the largest ones are billed as at most. */
const IMAGE_TOKENS = 1_600;

/** Tokens of a request body, roughly: four bytes each; images and files in base64 are no text. */
export function inputEstimate(bytes: Buffer): number {
  let text = bytes.length;
  let images = 0;
  for (let at = bytes.indexOf(';base64,'); at >= 0; at = bytes.indexOf(';base64,', at)) {
    const end = bytes.indexOf('"', at);
    if (end < 0) break;
    text -= end - at;
    images += 1;
    at = end;
  }
  return Math.ceil(text / BYTES_PER_TOKEN) + images * IMAGE_TOKENS;
}
