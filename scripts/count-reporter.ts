import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** What one run of vitest came to; written as JSON to the file named by RELAY_TEST_COUNTS. */
export interface RunCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** One line for each file with tests that were left out. */
  readonly leftOut: readonly string[];
}

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const counted = modules.map(countModule);
    const sum = (name: 'passed' | 'failed' | 'skipped'): number =>
      counted.reduce((total, counts) => total + counts[name], 0);
    const counts: RunCounts = {
      passed: sum('passed'),
      // What failed outside of any test: an unhandled rejection, a missing worker.
      failed: sum('failed') + errors.length,
      skipped: sum('skipped'),
      leftOut: counted.flatMap(({ leftOut }) => leftOut),
    };
    const file = process.env['RELAY_TEST_COUNTS'];
    if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
  }
}

function countModule(module: TestModule): RunCounts {
  const tests = [...module.children.allTests()];
  const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
  const skipped = tests.filter((test) => test.result().state === 'skipped');
  const reasons = new Set(
    skipped.map((test) => test.result()).map((result) => ('note' in result ? result.note : null)),
  );
  const why = [...reasons].filter((reason) => reason != null).join('; ') || 'see the reason above';
  const file = relative(process.cwd(), module.moduleId);
  return {
    passed: count('passed'),
    // A file that could not be loaded, or whose hooks failed, has errors of its own.
    failed: count('failed') + module.errors().length,
    skipped: skipped.length,
    leftOut: skipped.length === 0 ? [] : [`${skipped.length} of ${tests.length} tests in ${file}: ${why}`],
  };
}
