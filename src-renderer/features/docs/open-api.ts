import { z } from 'zod';
import { ask } from '../../api/client.ts';

/** A JSON schema as far as it is read here. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
}

const schema = z.record(z.string(), z.unknown()).transform((value) => value as JsonSchema);
const content = z.record(z.string(), z.object({ schema, example: z.unknown().optional() }));
const parameterSchema = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean().default(false),
  description: z.string().optional(),
  schema,
  example: z.union([z.string(), z.number()]).optional(),
});
export type Parameter = z.infer<typeof parameterSchema>;

const operationSchema = z.object({
  operationId: z.string(),
  tags: z.array(z.string()),
  summary: z.string(),
  description: z.string(),
  security: z.array(z.record(z.string(), z.unknown())),
  parameters: z.array(parameterSchema),
  requestBody: z.object({ required: z.boolean(), content }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content: content.optional() })),
});

const documentSchema = z.object({
  info: z.object({ version: z.string(), description: z.string() }),
  servers: z.array(z.object({ url: z.string() })),
  tags: z.array(z.object({ name: z.string(), description: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.object({ schemas: z.record(z.string(), schema) }),
});
export type OpenApi = z.infer<typeof documentSchema>;

export interface ApiOperation extends z.infer<typeof operationSchema> {
  /** `GET`. */
  readonly method: string;
  readonly path: string;
}

export const getOpenApi = () => ask(documentSchema, '/api/openapi.json');

/** Every operation in the order of the document. */
export const operationsOf = ({ paths }: OpenApi): ApiOperation[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, path, method: method.toUpperCase() })),
  );

/** What opens an operation: a Relay key, the API token, or nothing on this machine. */
export function accessOf({ security }: Pick<ApiOperation, 'security'>): 'key' | 'token' | 'open' {
  const schemes = security.flatMap((one) => Object.keys(one));
  if (schemes.includes('relayKey')) return 'key';
  return schemes.includes('apiToken') ? 'token' : 'open';
}

export const refName = ({ $ref }: JsonSchema): string | null => $ref?.replace('#/components/schemas/', '') ?? null;
