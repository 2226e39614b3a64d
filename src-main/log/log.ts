import { pino } from 'pino';
import { escapeControls } from './control-characters.ts';
import { readableLine } from './readable-line.ts';
import { redact } from './redact.ts';
import { createRotatingFile } from './rotating-file.ts';
import { safeFields } from './safe-fields.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Fields for machines, a sentence for people. No secret and no prompt is handed to it; nets below catch slips. */
export interface Log {
  debug(fields: object, sentence: string): void;
  info(fields: object, sentence: string): void;
  warn(fields: object, sentence: string): void;
  error(fields: object, sentence: string): void;
  /** The same log with these fields on every line. */
  child(fields: object): Log;
  /** Ends the whole log, children too, once everything is written. */
  close(): Promise<void>;
}

export interface LogOptions {
  /** Where `relay.log` and its predecessors are kept. */
  readonly dir: string;
  readonly level: LogLevel;
  /** From which level on lines also go to stderr. */
  readonly stderr: LogLevel | 'silent';
  readonly writeStderr?: (text: string) => void;
  readonly maxBytes?: number;
  readonly maxFiles?: number;
}

export function createLog(options: LogOptions): Log {
  const { dir, maxBytes = 5 * 1024 * 1024, maxFiles = 5 } = options;
  const file = createRotatingFile({ dir, maxBytes, maxFiles });
  const writeStderr = options.writeStderr ?? ((text: string) => void process.stderr.write(text));
  const streams = pino.multistream([
    { level: options.level, stream: { write: (line: string) => file.write(cleanLine(line)) } },
    { level: options.stderr, stream: { write: (line: string) => writeStderr(readableLine(redact(line))) } },
  ]);
  const lowest = pino.levels.values[options.level] ?? 0;
  const root = pino(
    {
      level:
        lowest <= (pino.levels.values[options.stderr] ?? Number.POSITIVE_INFINITY) ? options.level : options.stderr,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: safeFields, bindings: safeFields },
    },
    streams,
  );
  const flushAtExit = (): void => file.flushSync();
  process.once('exit', flushAtExit);

  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    process.off('exit', flushAtExit);
    closing ??= file.close();
    return closing;
  };
  return wrap(root, close);
}

function wrap(logger: pino.Logger, close: () => Promise<void>): Log {
  return {
    debug: (fields, sentence) => logger.debug(fields, sentence),
    info: (fields, sentence) => logger.info(fields, sentence),
    warn: (fields, sentence) => logger.warn(fields, sentence),
    error: (fields, sentence) => logger.error(fields, sentence),
    child: (fields) => wrap(logger.child(fields), close),
    close,
  };
}

/** The line's own newline stays; JSON has escaped all others. */
const cleanLine = (line: string): string => `${escapeControls(redact(line.trimEnd()))}\n`;
