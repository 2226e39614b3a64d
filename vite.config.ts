import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The dashboard: one page, everything in it from this machine. */
export default defineConfig({
  root: 'src-renderer',
  base: '/',
  plugins: [react(), tailwindcss()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'es2023',
    sourcemap: false,
    // The polyfill is an inline script, which the content security policy refuses.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // One chunk, so that zod is told not to probe for `eval` before any chunk makes a schema with it.
            { name: 'zod', test: /node_modules[\\/]zod[\\/]|src-renderer[\\/]api[\\/]jitless/ },
          ],
        },
      },
    },
  },
});
