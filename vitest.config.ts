import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { findChromium } from './test/support/chromium.ts';

const chromium = findChromium();
const asRoot = process.getuid?.() === 0;

// Compiled once for all processes and, above all, for the threads of the ledger: a Relay in a test starts in half the time.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules', '.cache', 'tests');

/** They put something of their own in the place of a module, so no other file may share modules with them. */
const alone = [
  'test/unit/shell/{login-item,preload,window-calls,window-security}.test.ts',
  'test/unit/ledger/writer-loss.test.ts',
  'test/integration/{desktop,tray-clicks}.test.ts',
];

/** For tests that start a Relay in their own process. */
const ledgerThreads = {
  globalSetup: ['test/support/bundled-workers.ts'],
  alias: [{ find: './worker-file.ts', replacement: join(import.meta.dirname, 'test', 'support', 'worker-file.ts') }],
};

const node = {
  testTimeout: 30_000,
  hookTimeout: 30_000,
  // Waiting for a condition ends when it holds; the limit is for a machine under load.
  expect: { poll: { timeout: 15_000 } },
  // Two at a time, also where vitest would leave one core free of two.
  maxWorkers: Math.max(2, availableParallelism() - 1),
};

export default defineConfig({
  test: {
    projects: [
      // What makes a Relay takes all that it needs from its ports, so files share what they import: nothing is left in a module.
      {
        test: {
          ...node,
          ...ledgerThreads,
          name: 'node',
          include: ['test/unit/**/*.test.ts', 'test/integration/**/*.test.ts', 'test/faults/**/*.test.ts'],
          exclude: alone,
          isolate: false,
        },
      },
      { test: { ...node, name: 'alone', include: alone } },
      {
        test: {
          ...ledgerThreads,
          name: 'clients',
          include: ['test/clients/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 30_000 } },
          // Real clients are whole programs: two at a time are as many as two cores carry.
          maxWorkers: 2,
        },
      },
      { test: { name: 'packaging', include: ['test/packaging/**/*.test.ts'], testTimeout: 60_000 } },
      // What takes minutes: npm run prove.
      { test: { name: 'prove', include: ['test/prove/**/*.test.ts'], testTimeout: 600_000, hookTimeout: 60_000 } },
      { test: { name: 'window', include: ['test/window/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 120_000 } },
      ...(chromium === null
        ? []
        : [
            {
              test: {
                name: 'live',
                include: ['test/live/**/*.test.ts'],
                globalSetup: ['test/live/global-setup.ts'],
                testTimeout: 90_000,
                hookTimeout: 90_000,
                expect: { poll: { timeout: 20_000 } },
                // Each file is a Relay and pages of a Chromium: two at a time are as many as two cores carry.
                maxWorkers: 2,
              },
            },
            {
              plugins: [react(), tailwindcss()],
              // Behind an import() the server may meet these only while a test runs, and would load its page again.
              optimizeDeps: { include: ['@base-ui/react/autocomplete', 'marked'] },
              test: {
                name: 'browser',
                include: ['test/browser/**/*.test.tsx'],
                testTimeout: 30_000,
                // A page is one process and one core: two at a time, where vitest would leave one core free of two.
                maxWorkers: 2,
                browser: {
                  enabled: true,
                  headless: true,
                  screenshotFailures: false,
                  provider: playwright({
                    launchOptions: {
                      executablePath: chromium,
                      args: ['--disable-gpu', '--disable-background-networking', ...(asRoot ? ['--no-sandbox'] : [])],
                    },
                  }),
                  instances: [{ browser: 'chromium' as const }],
                },
              },
            },
          ]),
    ],
  },
});
