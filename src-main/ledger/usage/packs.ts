import { binCount } from '../../../src-shared/domain/latency-bins.ts';
import { type Measures, sumNames } from './measures.ts';
import type { Tally } from './tally.ts';

// A pack: for each combination of dimensions its number in `rollup_dims`, the length of what follows, the sums, how many bins the times to the
// first output have, those, and the bins of the whole times. A bin is its distance from the one before and its count. All are whole
// numbers of seven bits a byte, the lowest first.

const MORE = 0x80;

export function writePack(entries: Iterable<readonly [dims: number, { readonly measures: Measures }]>): Uint8Array {
  const pack = createBytes();
  for (const [dims, { measures }] of entries) {
    const { sums, ttft, duration } = measures;
    const entry = createBytes();
    for (const name of sumNames) entry.number(sums[name]);
    entry.number(ttft.size);
    for (const bins of [ttft, duration]) {
      let last = 0;
      for (const [bin, count] of [...bins].sort(([a], [b]) => a - b)) {
        entry.number(bin - last);
        entry.number(count);
        last = bin;
      }
    }
    const bytes = entry.bytes();
    pack.number(dims);
    pack.number(bytes.length);
    pack.append(bytes);
  }
  return pack.bytes();
}

/** Adds every entry to the tally for its combination of dimensions; one without a tally is passed over. */
export function addPack(pack: Uint8Array, tallyOf: (dims: number) => Tally | null): void {
  let at = 0;
  const read = (): number => {
    let byte = pack[at]!;
    at += 1;
    let value = byte & 0x7f;
    for (let place = MORE; byte >= MORE; place *= MORE) {
      byte = pack[at]!;
      at += 1;
      value += (byte & 0x7f) * place;
    }
    return value;
  };
  while (at < pack.length) {
    const tally = tallyOf(read());
    const length = read();
    const end = at + length;
    if (tally === null) {
      at = end;
      continue;
    }
    const { sums, bins } = tally;
    for (let index = 0; index < sums.length; index += 1) sums[index]! += read();
    let bin = 0;
    for (let left = read(); left > 0; left -= 1) {
      bin += read();
      bins[bin]! += read();
    }
    for (bin = binCount; at < end; ) {
      bin += read();
      bins[bin]! += read();
    }
  }
}

function createBytes() {
  let room = Buffer.allocUnsafe(256);
  let used = 0;
  const need = (more: number): void => {
    if (used + more <= room.length) return;
    const larger = Buffer.allocUnsafe(2 * Math.max(room.length, used + more));
    room.copy(larger, 0, 0, used);
    room = larger;
  };
  return {
    number(value: number): void {
      need(8);
      let left = value;
      for (; left >= MORE; left = Math.floor(left / MORE)) {
        room[used] = (left % MORE) + MORE;
        used += 1;
      }
      room[used] = left;
      used += 1;
    },
    append(bytes: Uint8Array): void {
      need(bytes.length);
      room.set(bytes, used);
      used += bytes.length;
    },
    bytes: (): Uint8Array => room.subarray(0, used),
  };
}
