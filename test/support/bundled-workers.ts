import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Rolldown } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder with the ledger's threads, each as one file. */
    readonly bundledWorkers: string;
  }
}

const root = join(import.meta.dirname, '..', '..');
const names = ['writer-worker', 'reader-worker', 'backup-worker'];

/**
 * The ledger's threads of now, each as one file instead of 170 modules: a thread is up in two thirds of the time, and the tests start more
 * than a thousand. A Relay in a process of its own runs them from source.
 */
export default async function bundleWorkers(project: TestProject): Promise<void> {
  const output = (await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: ['zod'] },
    build: {
      ssr: true,
      write: false,
      target: 'node22',
      minify: false,
      rolldownOptions: {
        input: Object.fromEntries(names.map((name) => [name, join(root, 'src-main', 'ledger', `${name}.ts`)])),
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  })) as Rolldown.RolldownOutput;
  const chunks = output.output.filter((one) => one.type === 'chunk');
  // Named after what is in it, so that runs side by side share what is the same and nothing else.
  const name = createHash('sha256').update(JSON.stringify(chunks.map(({ fileName, code }) => [fileName, code])));
  const folder = join(root, 'node_modules', '.cache', 'test-workers', name.digest('hex').slice(0, 16));
  mkdirSync(folder, { recursive: true });
  for (const { fileName, code } of chunks) {
    const path = join(folder, fileName);
    writeFileSync(`${path}.${process.pid}`, code);
    renameSync(`${path}.${process.pid}`, path);
  }
  project.provide('bundledWorkers', folder);
}
