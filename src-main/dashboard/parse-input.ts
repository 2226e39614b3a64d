import type { z } from 'zod';
import { RelayError } from '../../src-shared/domain/relay-error.ts';

/** Reads a body or a query by its contract; throws `invalid_type` or `invalid_value` naming the field at fault. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (issue === undefined) throw new RelayError('invalid_value');
  if (issue.code === 'unrecognized_keys') {
    const param = issue.keys[0] ?? null;
    throw new RelayError('invalid_value', { message: `There is no field named "${param}" here.`, param });
  }
  const param = issue.path.length === 0 ? null : issue.path.join('.');
  const code = issue.code === 'invalid_type' ? 'invalid_type' : 'invalid_value';
  const subject = param === null ? 'The request body' : `The field "${param}"`;
  throw new RelayError(code, { message: `${subject} cannot be used: ${issue.message}.`, param });
}
