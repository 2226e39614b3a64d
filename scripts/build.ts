import { build } from 'vite';

/** Builds the dashboard. The program itself runs from its sources: Node takes the types away as it loads them. */
await build({ configFile: 'vite.config.ts', logLevel: 'warn' });
console.log('The dashboard is in dist/renderer.');
