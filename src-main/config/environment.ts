import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { decodedPart } from '../../src-shared/format/decoded-part.ts';
import { readUpstreamUrl } from './upstream-url.ts';

export interface Environment {
  /** RELAY_HOME as given; `null` means the platform's own place. */
  readonly home: string | null;
  readonly port: number;
  readonly chatgptBaseUrl: string;
  readonly authIssuer: string;
  readonly openaiBaseUrl: string;
  /** `null` leaves the choice to what the machine has. `memory` is for the demo and tests and cannot be asked for. */
  readonly secrets: 'keychain' | 'file' | 'memory' | null;
  /** For the encrypted file. */
  readonly passphrase: string | null;
  readonly logLevel: LogLevelName;
  /** OTEL_EXPORTER_OTLP_HEADERS, as OpenTelemetry has it: `name=value,name=value`, values percent-encoded. */
  readonly otlpHeaders?: Readonly<Record<string, string>>;
}

const logLevel = z.enum(['debug', 'info', 'warn', 'error']);
type LogLevelName = z.infer<typeof logLevel>;

/** Parses every RELAY_* variable once. An empty variable counts as not set. Throws RelayError `invalid_value`. */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const read = (name: string): string | null => variables[name]?.trim() || null;
  const upstream = (name: string, fallback: string): string => readUpstreamUrl(read(name) ?? fallback, name);
  const choice = <T extends string>(name: string, schema: z.ZodEnum<{ [K in T]: K }>): T | null => {
    const value = read(name);
    if (value === null) return null;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new RelayError('invalid_value', { message: `${name} must be one of: ${schema.options.join(', ')}.` });
  };
  return {
    home: read('RELAY_HOME'),
    port: readPort(read('RELAY_PORT') ?? '4141', 'RELAY_PORT'),
    chatgptBaseUrl: upstream('RELAY_CHATGPT_BASE_URL', 'https://chatgpt.com/backend-api'),
    authIssuer: upstream('RELAY_AUTH_ISSUER', 'https://auth.openai.com'),
    openaiBaseUrl: upstream('RELAY_OPENAI_BASE_URL', 'https://api.openai.com/v1'),
    secrets: choice('RELAY_SECRETS', z.enum(['keychain', 'file'])),
    passphrase: readPassphrase(variables['RELAY_PASSPHRASE'] || null, read('RELAY_PASSPHRASE_FILE')),
    logLevel: choice('RELAY_LOG_LEVEL', logLevel) ?? 'info',
    ...otlpHeaders(read('OTEL_EXPORTER_OTLP_HEADERS')),
  };
}

function otlpHeaders(text: string | null): Pick<Environment, 'otlpHeaders'> {
  if (text === null) return {};
  const pairs = text.split(',').map((pair) => /^\s*([A-Za-z0-9-]+)\s*=\s*([\x20-\x7e]*?)\s*$/.exec(pair));
  if (pairs.some((pair) => pair === null)) {
    throw new RelayError('invalid_value', { message: 'OTEL_EXPORTER_OTLP_HEADERS must read name=value,name=value.' });
  }
  return { otlpHeaders: Object.fromEntries(pairs.map((pair) => [pair![1]!.toLowerCase(), decodedPart(pair![2]!)])) };
}

/** 0 lets the system choose one. */
export function readPort(value: string, name: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (port <= 65_535) return port;
  throw new RelayError('invalid_value', { message: `${name} must be a port: a whole number from 0 to 65535.` });
}

function readPassphrase(given: string | null, file: string | null): string | null {
  if (given !== null || file === null) return given;
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new RelayError('invalid_value', {
      message: 'The file named by RELAY_PASSPHRASE_FILE cannot be read.',
      cause,
    });
  }
  const passphrase = content.replace(/\r?\n$/, '');
  if (passphrase !== '') return passphrase;
  throw new RelayError('invalid_value', { message: 'The file named by RELAY_PASSPHRASE_FILE is empty.' });
}
