import { jobJson, plannedJobJson } from '../../library/answers/moving/job-answer.ts';
import { tableProgress } from '../../library/work/runs/archive-target.ts';
import { planJobs } from '../../library/work/runs/pause-jobs.ts';
import { writeAtomically } from '../../operate/install/write-atomically.ts';
import { jobTables } from '../../operate/jobs/job-tables.ts';
import type { JobReport } from '../../operate/jobs/job-work.ts';
import { type JobMode, type JobRun, runJobs } from '../../operate/jobs/run-jobs.ts';
import { jitterMs } from '../../operate/schedule/jitter.ts';
import { BY_TIMER } from '../../operate/schedule/job-schedule.ts';
import { type Command, defineCommand, flag, toggle, value } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { positiveDuration, shortDuration } from '../input/durations.ts';
import { createProgress, showOn } from '../terminal/progress.ts';
import { jobStatus, plannedJobStatus } from './job-status.ts';

const MODES: readonly JobMode[] = ['daily', 'weekly', 'monthly', 'full'];

export const command: Command = defineCommand({
  description:
    'daily archives all tables except the weekly tables. weekly archives the tables of weekly_tables (default: assertions). ' +
    'monthly moves warm files into bundles and purges expired rows. full does all three.\n' +
    'The result is JSON. Every run is recorded; see firn status. While the jobs are paused, a job does nothing, prints a message and exits with code 3.',
  options: {
    mode: value('--mode <MODE>', 'job to run (default daily)', { choices: MODES }),
    dryRun: flag('--dry-run', 'show what would be done; change nothing'),
    output: value('--output <FILE>', 'write the JSON to this file instead of stdout', { completes: 'files' }),
    maxRuntime: value('--max-runtime <DUR>', 'stop cleanly after this time; the next run continues', {
      parse: positiveDuration,
    }),
    scheduled: flag('--scheduled', 'respect quiet_hours (used by the cron and systemd entries)'),
    jitter: value('--jitter <DUR>', 'wait a random time up to this before starting', {
      parse: shortDuration,
    }),
    progress: toggle('--progress', 'show progress on stderr (default: only on a terminal)'),
  },
  examples: [
    ['firn job --mode daily', 'run the daily job'],
    ['firn job --mode full --dry-run', 'preview all three jobs'],
    ['firn job --mode monthly --output /var/log/firn/monthly.json', 'write the result to a file'],
  ],
  async run(context, _, options) {
    const mode = (options.mode ?? 'daily') as JobMode;
    // Looked at before any row moves.
    const output =
      options.output === undefined
        ? null
        : await context.outputPath(options.output, { operation: 'write the result' });
    await noteIdle(context, mode);
    if (options.dryRun) {
      const planned = await planJobs(await context.stores(), mode);
      warnOf(context, planned);
      await answer(context, output, plannedJobJson(mode, planned));
      return plannedJobStatus(planned);
    }
    const { attempts, reports } = await carryOut(context, mode, options);
    warnOf(context, reports);
    for (const { error } of attempts) if (error !== null) context.fail(await context.explain(error));
    await answer(context, output, jobJson(mode, attempts));
    return jobStatus(attempts);
  },
});

/** A job that was asked for by name, and has nothing to do whatever the database holds. */
async function noteIdle(context: Context, mode: JobMode): Promise<void> {
  const { policies, weeklyTables } = await context.config();
  if (mode !== 'daily' && mode !== 'weekly') return;
  if (jobTables(policies, weeklyTables, mode).length > 0) return;
  context.warn(`the ${mode} job has no tables; see weekly_tables in the configuration`);
}

function warnOf(context: Context, reports: readonly JobReport[]): void {
  for (const { archive, cleanup } of reports) {
    for (const warning of (archive ?? cleanup).warnings) context.warn(warning);
  }
}

async function answer(context: Context, output: string | null, json: object): Promise<void> {
  if (output === null) context.json(json);
  else await writeAtomically(output, `${JSON.stringify(json, null, 2)}\n`);
}

interface Options {
  readonly maxRuntime: number | undefined;
  readonly scheduled: boolean;
  readonly jitter: number | undefined;
  readonly progress: boolean | undefined;
}

async function carryOut(context: Context, mode: JobMode, options: Options): Promise<JobRun> {
  const { io, flags } = context;
  const config = await context.config();
  if (options.jitter !== undefined) {
    const wait = jitterMs(options.jitter, config.database.text, mode, io.clock.now());
    await io.clock.sleep(wait, io.signal);
  }
  const progress = createProgress(io.stderr, io.clock, flags.quiet ? false : options.progress);
  const done = await runJobs(await context.stores(), mode, {
    reason: options.scheduled ? BY_TIMER : 'the command line',
    signal: io.signal,
    maxRuntimeMs: options.maxRuntime ?? null,
    keepQuiet: options.scheduled,
    onProgress: tableProgress(showOn(progress)),
  }).finally(() => progress.finish());
  for (const problem of done.hookProblems) context.warn(problem);
  return done;
}
