import type { Config } from '../../model/policy/config.ts';
import { writeAtomically } from '../../operate/install/write-atomically.ts';
import { jobTables } from '../../operate/jobs/job-tables.ts';
import type { JobMode } from '../../operate/jobs/run-jobs.ts';
import { jitterMs } from '../../operate/schedule/jitter.ts';
import { type Command, defineCommand, flag, toggle, value } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { positiveDuration, shortDuration } from '../input/durations.ts';
import { runJobOnce } from './job/run-job-once.ts';

const MODES: readonly JobMode[] = ['daily', 'weekly', 'monthly', 'full'];

export const command: Command = defineCommand({
  description:
    'daily archives all tables except the weekly tables. weekly archives the tables of weekly_tables (default: assertions). ' +
    'monthly moves warm files into bundles and purges expired rows. full does all three.\n' +
    'The result is JSON. Every run is recorded; see firn status. While the jobs are paused, a job does nothing, prints a message and exits with code 3.',
  options: {
    mode: value<JobMode>('--mode <MODE>', 'job to run (default daily)', { choices: MODES }),
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
    const mode = options.mode ?? 'daily';
    // Looked at before any row moves.
    const output =
      options.output === undefined
        ? null
        : await context.outputPath(options.output, { operation: 'write the result' });
    noteIdle(context, await context.config(), mode);
    if (!options.dryRun)
      await waitAwhile(context, (await context.config()).database.text, mode, options.jitter);
    const { status, result } = await runJobOnce(context, { ...options, mode });
    if (output === null) context.json(result);
    else await writeAtomically(output, `${JSON.stringify(result, null, 2)}\n`);
    return status;
  },
  async many(context, fleet, _, options) {
    const mode = options.mode ?? 'daily';
    noteIdle(context, fleet.settings, mode);
    if (!options.dryRun) await waitAwhile(context, fleet.file, mode, options.jitter);
    const [{ runJobForAll }, { outputForAll }] = await Promise.all([
      import('./job/job-for-all.ts'),
      import('../fleet/output-for-all.ts'),
    ]);
    const output = options.output === undefined ? null : await outputForAll(context, fleet, options.output);
    const written: string[] = [];
    const { status } = await runJobForAll(context, fleet, {
      ...{ ...options, mode },
      json: output !== null || !context.io.stdout.isTTY,
      ...(output === null ? {} : { write: (text: string) => void written.push(text) }),
    });
    if (output !== null) await writeAtomically(output, written.join(''));
    return status;
  },
});

/** A job that was asked for by name, and has nothing to do whatever the database holds. */
function noteIdle(
  context: Context,
  { policies, weeklyTables }: Pick<Config, 'policies' | 'weeklyTables'>,
  mode: JobMode,
): void {
  if (mode !== 'daily' && mode !== 'weekly') return;
  if (jobTables(policies, weeklyTables, mode).length > 0) return;
  context.warn(`the ${mode} job has no tables; see weekly_tables in the configuration`);
}

async function waitAwhile(
  { io }: Context,
  seed: string,
  mode: JobMode,
  jitter: number | undefined,
): Promise<void> {
  if (jitter !== undefined) await io.clock.sleep(jitterMs(jitter, seed, mode, io.clock.now()), io.signal);
}
