import { writeFileSync } from 'node:fs';
import type { DashboardPorts } from '../../../src-main/dashboard/ports.ts';
import type { CallExport } from '../../../src-shared/contract/call-export.ts';
import type { ImportPlan, Portable } from '../../../src-shared/contract/portable.ts';
import { call, startAt } from './samples.ts';

const portable: Portable = {
  format: 'relay-settings',
  version: 1,
  exportedAt: startAt,
  relay: '0.1.0',
  settings: { 'routing.holdMs': 0 },
  accounts: [],
  keys: [],
  budgets: [],
};

const importPlan: ImportPlan = {
  done: true,
  settings: ['routing.holdMs'],
  accounts: { changed: [], missing: [] },
  keys: { added: [], changed: [] },
  budgets: { added: 0, changed: 0 },
};

const callExport: CallExport = {
  format: 'relay-call',
  version: 1,
  relay: { version: '0.1.0', node: 'v24.0.0', platform: 'linux x64' },
  call,
  decisions: [],
  headers: null,
  bodies: null,
};

export const samplePortability = (
  note: (...asked: unknown[]) => void,
  folder: string,
): DashboardPorts['portability'] => ({
  folder,
  exportSettings: () => portable,
  importSettings: (file, options) => {
    note('importSettings', file, options);
    return importPlan;
  },
  exportCall: (id, withBodies) => {
    note('exportCall', id, withBodies);
    return callExport;
  },
  backUp: (path) => {
    writeFileSync(path, 'SQLite format 3');
    return { bytes: 15, calls: 1 };
  },
});
