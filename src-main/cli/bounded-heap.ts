import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the memory of a process that serves small, for about a tenth more CPU under full load: V8 would let garbage pile up to several
 * times of what is in use (measured over 16,000 calls: 320 MiB resident instead of 560). To be called once all is loaded, since the
 * space for new objects stays as large as it is then.
 */
export function boundHeap(): void {
  // New objects: V8 doubles their space up to 128 MiB as long as many of them are still in use when it looks.
  setFlagsFromString('--semi-space-growth-factor=1');
  // Old ones: V8 looks again when there is half as much more of them, instead of up to four times as much.
  setFlagsFromString('--heap-growing-percent=50');
}
