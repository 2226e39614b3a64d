import { z } from 'zod';

/** Lines that a person copies into a client. */
export const recipeSchema = z.object({
  /** Where they go, as a person would say it. */
  place: z.string(),
  language: z.enum(['bash', 'javascript', 'json', 'python', 'text', 'toml', 'yaml']),
  text: z.string(),
  /** What should be known before. */
  note: z.string().nullable(),
});
export type Recipe = z.infer<typeof recipeSchema>;

/** A client that can be pointed at Relay. */
export const clientSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Whether Relay can write its settings, or only say what to copy. */
  setup: z.enum(['automatic', 'copy']),
  /** Whether it is used on this machine; `null` where that cannot be seen. */
  installed: z.boolean().nullable(),
  version: z.string().nullable(),
  /** The settings files that Relay writes. */
  files: z.array(z.string()),
  /**
   * `changed`: somebody has changed what Relay wrote; `elsewhere`: it points to another address than Relay's own;
   * `key-refused`: its key is revoked or expired.
   */
  state: z.enum(['not-connected', 'connected', 'changed', 'elsewhere', 'key-refused']),
  /** That state in words, with what to do; `null` where there is nothing to say. */
  detail: z.string().nullable(),
  connectedAt: z.number().int().nullable(),
  keyId: z.string().nullable(),
  /** With a placeholder for the key; POST /api/clients/{id}/recipe makes one and fills it in. */
  recipe: recipeSchema,
});
export type ClientView = z.infer<typeof clientSchema>;

export const clientModelSchema = z.object({ id: z.string(), name: z.string(), contextWindow: z.number().int() });

export const clientListSchema = z.object({
  /** What clients are given, with `/v1`. */
  baseUrl: z.string(),
  models: z.array(clientModelSchema),
  clients: z.array(clientSchema),
});
export type ClientList = z.infer<typeof clientListSchema>;

/** A file as it would be, or has been, changed: a unified diff in which keys and tokens are left out. */
export const fileChangeSchema = z.object({ path: z.string(), creates: z.boolean(), diff: z.string() });
export type FileChange = z.infer<typeof fileChangeSchema>;

export const clientPlanSchema = z.object({
  client: z.string(),
  /** Empty where everything is as it should be. */
  changes: z.array(fileChangeSchema),
  sends: z.enum(['key', 'login']),
  notes: z.array(z.string()),
  steps: z.array(z.string()),
});
export type ClientPlan = z.infer<typeof clientPlanSchema>;

export const clientCheckSchema = z.object({ ok: z.boolean(), sentence: z.string() });
export type ClientCheck = z.infer<typeof clientCheckSchema>;

export const clientConnectedSchema = clientPlanSchema.extend({
  keyId: z.string().nullable(),
  /** Only where the person has to paste it, and only when it was made just now. */
  secret: z.string().nullable(),
  check: clientCheckSchema,
});
export type ClientConnected = z.infer<typeof clientConnectedSchema>;

export const clientUndoneSchema = z.object({
  client: z.string(),
  files: z.array(
    z.object({
      path: z.string(),
      /** `exact`: the same bytes as before; `merged`: only what Relay wrote was taken out; `gone`: the file is not there. */
      outcome: z.enum(['exact', 'merged', 'removed', 'gone']),
      /** Settings that somebody has changed since and that were left as they are. */
      kept: z.array(z.string()),
    }),
  ),
  keyRevoked: z.boolean(),
  sentence: z.string(),
});
export type ClientUndone = z.infer<typeof clientUndoneSchema>;

export const clientRecipeSchema = z.object({
  client: z.string(),
  keyId: z.string(),
  secret: z.string(),
  recipe: recipeSchema,
});
export type ClientRecipe = z.infer<typeof clientRecipeSchema>;

/** Something that Relay mends for a client, or that fails for it, and the setting that makes it unnecessary. */
export const seenFindingSchema = z.object({
  kind: z.enum(['unknown-model', 'left-out', 'translated']),
  /** Models or parameters. */
  names: z.array(z.string()),
  calls: z.number().int(),
  /** These calls were refused; the others were served all the same. */
  failed: z.boolean(),
  sentence: z.string(),
  /** `null` where the client has no setting for it; nothing has to be done then. */
  fix: z.string().nullable(),
});
export type SeenFinding = z.infer<typeof seenFindingSchema>;

export const seenClientSchema = z.object({
  /** Without its version. */
  name: z.string(),
  /** Of GET /api/clients, where it is one of those. */
  id: z.string().nullable(),
  /** As it called last, with its version. */
  client: z.string().nullable(),
  calls: z.number().int(),
  lastAt: z.number().int(),
  keys: z.array(z.string()),
  findings: z.array(seenFindingSchema),
});
export type SeenClient = z.infer<typeof seenClientSchema>;

export const seenClientListSchema = z.object({
  /** How many of the newest calls were looked at. */
  lookedAt: z.number().int(),
  clients: z.array(seenClientSchema),
});
export type SeenClientList = z.infer<typeof seenClientListSchema>;
