#!/usr/bin/env node
// The first file that runs, perhaps under a Node that Relay cannot run on: it must parse there to say so.
import { existsSync } from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);
const source = new URL('./cli.ts', import.meta.url);
const built = new URL('../dist/main/cli.js', import.meta.url);
// A checkout runs its sources; an installed package has none.
const runsSource = existsSync(source);

if (major < 22 || (major === 22 && minor < 12)) {
  refuse(`Relay needs Node 22.12 or newer, and this is Node ${process.versions.node}.`);
} else if (runsSource && !process.features.typescript) {
  refuse(`Relay runs from its sources on Node 22.18 or newer, and this is Node ${process.versions.node}.`);
} else {
  import((runsSource ? source : built).href).catch((error) => {
    refuse(`Relay could not start: ${error.message}`);
  });
}

function refuse(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}
