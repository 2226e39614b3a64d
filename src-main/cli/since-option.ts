import { Option } from 'commander';
import { readSpan } from './span.ts';

/** `--since`, a span back from now in ms; a day where it is not given. */
export const sinceOption = (): Option =>
  new Option('--since <time>', 'how far back: 30m, 12h, 7d, 4w').argParser(readSpan).default(readSpan('1d'), '24h');
