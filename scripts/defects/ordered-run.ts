import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Reporter, startVitest, type TestModule, type TestSpecification } from 'vitest/node';
import CountReporter, { type RunCounts } from '../count-reporter.ts';

/** What a run of some test files came to, until the first of them failed. */
export interface OrderedRun {
  /** The first failure, beginning with its file where it has one; `null` where all passed. */
  readonly failure: string | null;
  /** V8 itself ended a test's process (count-reporter.ts): this run says nothing. */
  readonly lost: boolean;
  /** Of each file that ended. */
  readonly tookMs: Readonly<Record<string, number>>;
}

/** No test and no hook may take half as long: a defect that waits in a loop for ever has no limit of its own. */
const silenceMs = 120_000;

/** A program of its own, in the copy with the defect: `node scripts/defects/ordered-run.ts RESULT FILE...`, the files in this order. */
if (import.meta.main) {
  const [result = '', ...files] = process.argv.slice(2);
  await runInOrder(result, files);
}

async function runInOrder(result: string, files: readonly string[]): Promise<void> {
  const countsFile = join(process.cwd(), 'counts.json');
  rmSync(countsFile, { force: true });
  process.env['RELAY_TEST_COUNTS'] = countsFile;
  const tookMs: Record<string, number> = {};
  const write = (failure: string | null, lost = false): void =>
    writeFileSync(result, JSON.stringify({ failure, lost, tookMs } satisfies OrderedRun));

  let file = '';
  const stuck = (): void => {
    write(`${file}: no end within ${silenceMs / 1_000} s`);
    process.exit();
  };
  let watch = setTimeout(stuck, silenceMs);
  const seen = (): void => {
    clearTimeout(watch);
    watch = setTimeout(stuck, silenceMs);
  };
  const progress: Reporter = {
    onTestModuleStart: (module) => {
      file = pathOf(module);
      seen();
    },
    onTestCaseResult: seen,
    onTestModuleEnd: (module) => {
      const { duration, collectDuration } = module.diagnostic();
      tookMs[pathOf(module)] = Math.round(duration + collectDuration);
      seen();
    },
  };
  class GivenOrder {
    shard(specifications: TestSpecification[]): TestSpecification[] {
      return specifications;
    }
    sort(specifications: TestSpecification[]): TestSpecification[] {
      const place = ({ moduleId }: TestSpecification): number => files.indexOf(relative(process.cwd(), moduleId));
      return specifications.toSorted((a, b) => place(a) - place(b));
    }
  }
  const vitest = await startVitest(
    [...files],
    {
      watch: false,
      project: ['node', 'alone'],
      bail: 1,
      maxWorkers: 1,
      sequence: { sequencer: GivenOrder },
      reporters: [new CountReporter(), progress],
    },
    { cacheDir: join(process.cwd(), '.vite') },
  );
  await vitest.close();
  clearTimeout(watch);
  const { failures, lost }: RunCounts = JSON.parse(readFileSync(countsFile, 'utf8'));
  const passed = (process.exitCode ?? 0) === 0;
  // What did not run says only that something else failed before it.
  const failure = failures.find((line) => !line.endsWith(': it did not run')) ?? failures[0];
  write(failure ?? (passed || lost.length > 0 ? null : 'the run as a whole'), failures.length === 0 && lost.length > 0);
  process.exit();
}

function pathOf({ moduleId }: TestModule): string {
  return relative(process.cwd(), moduleId);
}
