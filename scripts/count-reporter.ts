import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';

/** What one run of vitest came to; written as JSON to the file named by RELAY_TEST_COUNTS. */
export interface RunCounts {
  readonly passed: number;
  readonly skipped: number;
  /** One line for each file with tests that were left out. */
  readonly leftOut: readonly string[];
  /** One line for each failure: where, and what it said first. */
  readonly failures: readonly string[];
  /** Files whose process V8 itself ended, by one of its own checks; none of their tests is counted. */
  readonly lost: readonly string[];
}

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const lost = errors.map(lostFile).filter((file) => file !== null);
    const counted = modules.map(countModule).filter(({ file }) => !lost.includes(file));
    const sum = (name: 'passed' | 'skipped'): number => counted.reduce((total, counts) => total + counts[name], 0);
    // What failed outside of any test: an unhandled rejection, a worker that ended.
    const outside = errors
      .filter((error) => lostFile(error) === null)
      .map((error) => `outside of any test: ${firstLine(error)}`);
    const failures = [...counted.flatMap((counts) => counts.failures), ...outside];
    const counts: RunCounts = {
      passed: sum('passed'),
      skipped: sum('skipped'),
      leftOut: counted.flatMap(({ leftOut }) => leftOut),
      failures,
      lost,
    };
    const file = process.env['RELAY_TEST_COUNTS'];
    if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
  }
}

function countModule(module: TestModule): Omit<RunCounts, 'lost'> & { readonly file: string } {
  const tests = [...module.children.allTests()];
  const file = relative(process.cwd(), module.moduleId);
  const skipped = tests.filter((test) => test.result().state === 'skipped');
  const reasons = new Set(
    skipped.map((test) => test.result()).map((result) => ('note' in result ? result.note : null)),
  );
  const why = [...reasons].filter((reason) => reason != null).join('; ') || 'see the reason above';
  // A file that could not be loaded, or a group whose hooks failed, has errors of its own.
  const failures = [module, ...module.children.allSuites()]
    .flatMap((place) => place.errors())
    .map((error) => `${file}: ${firstLine(error)}`)
    .concat(tests.flatMap((test) => testFailure(file, test)));
  return {
    file,
    passed: tests.filter((test) => test.result().state === 'passed').length,
    skipped: skipped.length,
    leftOut: skipped.length === 0 ? [] : [`${skipped.length} of ${tests.length} tests in ${file}: ${why}`],
    failures,
  };
}

/** V8 ends a process whose inner state it no longer trusts with a trap: see test-groups for the one that is known. */
const trapped = /exited unexpectedly with signal SIGTRAP .* test file (.+)$/m;

function lostFile({ message, cause }: SerializedError): string | null {
  const file = trapped.exec(`${message}\n${cause?.message}`)?.[1];
  return file === undefined ? null : relative(process.cwd(), file);
}

function testFailure(file: string, test: TestCase): readonly string[] {
  const result = test.result();
  if (result.state === 'failed') return [`${file}: ${test.fullName}: ${firstLine(result.errors[0])}`];
  // Its worker ended, or a hook before it failed.
  return result.state === 'pending' ? [`${file}: ${test.fullName}: it did not run`] : [];
}

function firstLine(error: { readonly message?: string } | undefined): string {
  return error?.message?.split('\n', 1)[0] || 'it said nothing';
}
