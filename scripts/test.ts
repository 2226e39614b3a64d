import type { RunCounts } from './count-reporter.ts';
import { type TestGroup, testGroups, testParts } from './test-groups.ts';

/**
 * `npm test`: every group of tests that can run here, what was left out and why, and the counts in the last line.
 * `npm test -- check unit` runs those only. With RELAY_TEST_REQUIRE_ALL=1 whatever is left out fails,
 * but for what its group excuses: a real Electron window.
 */
const available = [...testGroups, ...testParts];
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !available.some((group) => group.name === name));
if (unknown.length > 0) {
  const names = available.map(({ name }) => name).join(', ');
  console.error(`There is no group of tests named ${unknown.join(', ')}. There are: ${names}.`);
  process.exit(2);
}
const chosen: readonly TestGroup[] =
  wanted.length === 0 ? testGroups : available.filter(({ name }) => wanted.includes(name));

const nothing: RunCounts = { passed: 0, skipped: 0, leftOut: [], failures: [], lost: [] };
const total = { passed: 0, skipped: 0 };
const leftOut: string[] = [];
const failures: string[] = [];
for (const { name, missing, run, excused } of chosen) {
  console.log(`\n== ${name}`);
  const reason = missing();
  const why = excused === undefined ? reason : `${reason} (${excused})`;
  // What is excused is told like the rest, but fails nothing.
  const counts = reason === null ? run() : { ...nothing, skipped: excused === undefined ? 1 : 0, leftOut: [why ?? ''] };
  total.passed += counts.passed;
  total.skipped += counts.skipped;
  leftOut.push(...counts.leftOut.map((line) => `${name}: ${line}`));
  failures.push(...counts.failures.map((line) => `${name}: ${line}`));
}

console.log('');
for (const line of leftOut) console.log(`left out: ${line}`);
// Once more at the end: a long log may be read from there only.
for (const line of failures) console.log(`failed: ${line}`);
const mayLeaveOut = process.env['RELAY_TEST_REQUIRE_ALL'] !== '1';
if (!mayLeaveOut && total.skipped > 0) console.log('Nothing may be left out here (RELAY_TEST_REQUIRE_ALL=1).');
console.log(`${total.passed} passed, ${failures.length} failed, ${total.skipped} skipped`);
process.exit(failures.length === 0 && (mayLeaveOut || total.skipped === 0) ? 0 : 1);
