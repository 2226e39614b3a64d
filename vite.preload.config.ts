import { defineConfig } from 'vite';

/** The window's preload script: in a sandbox it must be CommonJS in one file, and has nothing but Electron to ask for. */
export default defineConfig({
  publicDir: false,
  build: {
    outDir: 'dist/preload',
    emptyOutDir: true,
    target: 'chrome140',
    minify: false,
    modulePreload: false,
    rolldownOptions: {
      input: { preload: 'src-main/preload/preload.ts' },
      external: ['electron'],
      output: { format: 'cjs', entryFileNames: '[name].cjs' },
    },
  },
});
