import { createTwoFilesPatch } from 'diff';
import { redact } from '../log/redact.ts';

/** A unified diff for a person to read: what looks like a secret, and the value of whatever is named like one, is left out. */
export function changeText(path: string, before: string | null, after: string | null): string {
  const patch = createTwoFilesPatch(
    before === null ? '/dev/null' : path,
    after === null ? '/dev/null' : path,
    before ?? '',
    after ?? '',
    undefined,
    undefined,
    { context: 2 },
  );
  const lines = patch.split('\n').filter((line) => !line.startsWith('====='));
  return lines
    .map((line) => redact(line).replace(secretLine, '$1[redacted]$2'))
    .join('\n')
    .trimEnd();
}

/** A member named like a secret with its value in the rest of the line; a closing quote and comma stay. */
const secretLine =
  /^([ +-].*?(?:key|token|secret|password)\w*["']?\s*[:=]\s*["']?)(?!sk-relay|\[redacted\]|[{[\s]|$)[^\s"']+(["']?[,\s]*(?:#.*|\/\/.*)?)$/i;
