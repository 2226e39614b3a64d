import { escapeControls } from './control-characters.ts';

/** A log line as a person reads it on a terminal: time, level, sentence, then the fields. */
export function readableLine(jsonLine: string): string {
  const { time, level, msg, ...fields }: Record<string, unknown> = JSON.parse(jsonLine);
  const clock = String(time).slice(11, 19);
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${plainValue(value)}`);
  return `${escapeControls(`${clock} ${String(level).padEnd(5)} ${msg}${rest.join('')}`)}\n`;
}

/** An error's stack stays in the file. */
function plainValue(value: unknown): string {
  if (typeof value === 'string') return /[\s"=]/.test(value) ? JSON.stringify(value) : value;
  return JSON.stringify(value, (name, item: unknown) => (name === 'stack' ? undefined : item)) ?? String(value);
}
