import { defineConfig } from 'vite';

/** The main process for packages. Packages from npm stay outside: they are installed beside it, natives above all. */
export default defineConfig({
  publicDir: false,
  ssr: { external: true },
  build: {
    ssr: true,
    outDir: 'dist/main',
    emptyOutDir: true,
    target: 'node22',
    rolldownOptions: {
      input: {
        cli: 'src-main/cli.ts',
        desktop: 'src-main/desktop.ts',
        'writer-worker': 'src-main/ledger/writer-worker.ts',
        'reader-worker': 'src-main/ledger/reader-worker.ts',
      },
      external: ['electron'],
      // All in one folder: the ledger looks for its workers beside itself.
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
});
