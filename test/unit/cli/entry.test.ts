import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot, relayVersion } from '../../../src-main/config/package-info.ts';

const { engines } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  engines: { node: string };
};
const oldest = engines.node.replace('>=', '');
const [major = 0, minor = 0] = oldest.split('.').map(Number);

/** The first file, as it runs where Node says that it is this version. */
function runUnder(version: string) {
  const pretend = `Object.defineProperty(process,'versions',{value:{...process.versions,node:'${version}'}})`;
  const entry = join(packageRoot, 'src-main', 'entry.mjs');
  const args = ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, entry, '--version'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test.each([`${major}.${minor - 1}.9`, `${major - 1}.99.0`])(
  'Relay says under Node %s which one it needs, as package.json has it',
  (version) => {
    const stderr = `Relay needs Node ${oldest} or newer, and this is Node ${version}.\n`;
    expect(runUnder(version)).toEqual({ status: 1, stdout: '', stderr });
  },
);

test.each([oldest, `${major}.${minor + 1}.0`, `${major + 1}.0.0`])('and runs under Node %s', (version) => {
  expect(runUnder(version)).toMatchObject({ status: 0, stdout: `${relayVersion}\n` });
});
