import { defineConfig } from 'vite';

/** The updater and all that it needs. */
const updater = [
  ...[
    'electron-updater',
    'builder-util-runtime',
    'debug',
    'ms',
    'sax',
    'fs-extra',
    'graceful-fs',
    'jsonfile',
    'universalify',
  ],
  ...['js-yaml', 'argparse', 'lazy-val', 'lodash.escaperegexp', 'lodash.isequal', 'semver', 'tiny-typed-emitter'],
];

/** The main process for packages. Packages from npm stay outside: they are installed beside it, natives above all. */
export default defineConfig({
  publicDir: false,
  // But for the updater, which only the app wants: no package must bring it along for that.
  ssr: { external: true, noExternal: updater },
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
        'backup-worker': 'src-main/ledger/backup-worker.ts',
      },
      // keytar is optional: where npm could not install it, the bundle is built all the same.
      external: ['electron', 'keytar'],
      // All in one folder: the ledger looks for its workers beside itself.
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
});
