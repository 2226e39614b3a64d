#!/usr/bin/env node
// The first file that runs, perhaps under a Node that Relay cannot run on: it must parse there to say so.
import { existsSync, readFileSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const source = new URL('./cli.ts', import.meta.url);
const built = new URL('../dist/main/cli.js', import.meta.url);
const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const oldest = engines.node.replace('>=', '');

// Compiled once, so that the next command takes half the time. In a folder of the owner of the program, never in one that all share.
// Named in the environment too, because threads learn of it only there.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/relay', import.meta.url));
module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE);
if (isOlder(process.versions.node, oldest)) {
  refuse(`Relay needs Node ${oldest} or newer, and this is Node ${process.versions.node}.`);
} else {
  // A checkout runs its sources; an installed package has none.
  import((existsSync(source) ? source : built).href).catch((error) => {
    refuse(`Relay could not start: ${error.message}`);
  });
}

function isOlder(version, than) {
  const [given, wanted] = [version, than].map((text) => text.split('.').map(Number));
  for (let part = 0; part < 3; part += 1) {
    if (given[part] !== wanted[part]) return given[part] < wanted[part];
  }
  return false;
}

function refuse(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}
