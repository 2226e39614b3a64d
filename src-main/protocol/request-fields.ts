import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';

type Reader<T> = (value: unknown, param: string) => T;

export const wrongType = (param: string, expected: string): RelayError =>
  new RelayError('invalid_type', { param, message: `"${param}" must be ${expected}.` });

export const wrongValue = (param: string, message: string): RelayError =>
  new RelayError('invalid_value', { param, message });

export const unsupported = (param: string, message: string): RelayError =>
  new RelayError('unsupported_parameter', { param, message });

export const readText: Reader<string> = (value, param) => {
  if (typeof value !== 'string') throw wrongType(param, 'a string');
  return value;
};

export const readName: Reader<string> = (value, param) => {
  if (readText(value, param) === '') throw wrongValue(param, `"${param}" must not be empty.`);
  return readText(value, param);
};

export const readFlag: Reader<boolean> = (value, param) => {
  if (typeof value !== 'boolean') throw wrongType(param, 'true or false');
  return value;
};

export const readNumber: Reader<number> = (value, param) => {
  if (typeof value !== 'number') throw wrongType(param, 'a number');
  return value;
};

export const readInteger: Reader<number> = (value, param) => {
  if (!Number.isSafeInteger(readNumber(value, param))) throw wrongType(param, 'an integer');
  return readNumber(value, param);
};

export const readObject: Reader<JsonObject> = (value, param) => {
  if (!isJsonObject(value)) throw wrongType(param, 'an object');
  return value;
};

export const readList: Reader<readonly unknown[]> = (value, param) => {
  if (!Array.isArray(value)) throw wrongType(param, 'an array');
  return value;
};

/** Missing and `null` are the same: the client left the field out. */
export const optional = <T>(value: unknown, param: string, read: Reader<T>): T | null =>
  value === undefined || value === null ? null : read(value, param);

/** The object without the fields whose value is `null` or missing, in the order given. */
export function present(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}
