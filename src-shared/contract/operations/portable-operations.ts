import { z } from 'zod';
import { callExportQuerySchema, callExportSchema, harSchema } from '../call-export.ts';
import { json, type Operation } from '../operation.ts';
import { importPlanSchema, importQuerySchema, portableSchema } from '../portable.ts';

const moving = { tag: 'Export and import', access: 'api' } as const;

export const portableOperations: readonly Operation[] = [
  {
    ...moving,
    method: 'get',
    path: '/api/calls/{id}/export',
    params: { id: 'call_7b1f0d5e4c' },
    id: 'exportCall',
    summary: 'One call for a bug report',
    description:
      'Names, mail addresses, ids, hosts and addresses are replaced, the same one by the same everywhere; secrets are left out. Bodies only where they are kept and asked for.',
    query: { schema: callExportQuerySchema, example: { format: 'json' } },
    answers: [json('CallExport', z.union([callExportSchema, harSchema]), 'The call, or an HTTP Archive of it.')],
    etag: 'read',
  },
  {
    ...moving,
    method: 'get',
    path: '/api/export',
    id: 'exportSettings',
    summary: 'Everything that is set up',
    description: 'Settings, accounts without their secrets, valid keys by their digests, budgets.',
    answers: [json('Portable', portableSchema, 'What POST /api/import takes.')],
  },
  {
    ...moving,
    method: 'post',
    path: '/api/import',
    id: 'importSettings',
    summary: 'Take over an export',
    description:
      'All of it or nothing, and with dryRun=1 only what would change. May be repeated. A file lets the keys in it use this Relay: import your own.',
    query: { schema: importQuerySchema, example: { dryRun: '1' } },
    body: {
      name: 'Portable',
      schema: portableSchema,
      example: {
        format: 'relay-settings',
        version: 1,
        exportedAt: 1_795_000_000_000,
        relay: '0.1.0',
        settings: { 'routing.strategy': 'balanced' },
        accounts: [],
        keys: [],
        budgets: [],
      },
    },
    answers: [json('ImportPlan', importPlanSchema, 'What was changed, or would be.')],
  },
  {
    ...moving,
    method: 'get',
    path: '/api/backup',
    id: 'backUp',
    summary: 'A copy of the database',
    description: 'Made while Relay runs, and checked. Secrets are not in it; kept prompts and answers are.',
    answers: [{ status: 200, description: 'A SQLite database.', media: 'application/vnd.sqlite3' }],
  },
];
