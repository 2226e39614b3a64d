import type { FileChange } from '../../../src-shared/contract/client.ts';
import { ScrollingLines } from './scrolling-lines.tsx';

/** One file before and after, as lines; a sign at the start says which, so colour is not all that tells. */
export function FileDiff({ change }: { change: FileChange }) {
  const lines = change.diff
    .split('\n')
    .filter(
      (line, index, all) => !/^(---|\+\+\+|Index:|={3,})/.test(line) && !(line === '' && index === all.length - 1),
    );
  return (
    <figure className="overflow-hidden rounded-md border border-line">
      <figcaption className="flex gap-2 border-b border-line bg-canvas px-3 py-1.5 text-sm">
        <span className="min-w-0 font-mono break-all">{change.path}</span>
        {change.creates && <span className="ml-auto shrink-0 text-muted">new file</span>}
      </figcaption>
      <ScrollingLines label={`Changes of ${change.path}`}>
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a diff stay where they are
          <span key={index} className={`block ${lookOf(line)}`}>
            {line === '' ? ' ' : line}
          </span>
        ))}
      </ScrollingLines>
    </figure>
  );
}

function lookOf(line: string): string {
  if (line.startsWith('+')) return 'text-good';
  if (line.startsWith('-')) return 'text-bad';
  return 'text-muted';
}
