import type { ChildProcess } from 'node:child_process';
import { endProcess, nextMessage, startScript } from './child-process.ts';
import type { Job, JobResults, Watched } from './load/job.ts';

export interface LoadClient {
  run<J extends Job>(job: J, watched: Watched): Promise<JobResults[J['kind']]>;
  stop(): Promise<void>;
}

/** A load process, one job at a time. */
export async function startLoadClient(core: number | null): Promise<LoadClient> {
  const child: ChildProcess = startScript(core, 'load.ts');
  await nextMessage(child);
  return {
    async run<J extends Job>(job: J, watched: Watched): Promise<JobResults[J['kind']]> {
      const answer = nextMessage(child);
      child.send({ job, watched });
      const { result, error } = (await answer) as { result?: JobResults[J['kind']]; error?: string };
      if (result === undefined) throw new Error(error ?? 'the load client gave no result');
      return result;
    },
    stop: () => endProcess(child),
  };
}
