import { runClosedLoop } from './load/closed-loop.ts';
import type { Job, JobResults, Watched } from './load/job.ts';
import { runOpenStreams } from './load/open-streams.ts';
import { runUploads } from './load/uploads.ts';

/** The load client's process: takes one job after the other from its parent. */
process.on('message', ({ job, watched }: { job: Job; watched: Watched }) => {
  run(job, watched).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });

function run(job: Job, watched: Watched): Promise<JobResults[Job['kind']]> {
  switch (job.kind) {
    case 'closed-loop':
      return runClosedLoop(job, watched);
    case 'open-streams':
      return runOpenStreams(job, watched);
    case 'uploads':
      return runUploads(job);
  }
}
