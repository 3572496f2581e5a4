import type { FleetConfig } from '../../../config/fleet-config.ts';
import type { JobName, RunRecord } from '../../../hot/run-log.ts';
import { fileLocation } from '../../../model/location.ts';
import { alarmOverdue } from '../../../operate/alarms/job-alarms.ts';
import { SCHEDULER_LOCK } from '../../../operate/fleet/fleet-lock.ts';
import { Visits } from '../../../operate/fleet/visits.ts';
import { factsOfError } from '../../../operate/jobs/recorded-run.ts';
import type { ListenAddress } from '../../../operate/service/listen.ts';
import { beating } from '../../../operate/service/run-service.ts';
import { runScheduler, type SchedulerPorts } from '../../../operate/service/scheduler.ts';
import { figuresOfAll } from '../../../stores/fleet/status-of-all.ts';
import { lockAll } from '../../fleet/change-each.ts';
import type { Context } from '../../frame/context.ts';
import { EXIT } from '../../frame/exit-status.ts';
import { renderFailure } from '../../frame/failure.ts';
import type { Io } from '../../terminal/io.ts';
import { PLAIN } from '../../terminal/style.ts';
import { runJobForAll } from '../job/job-for-all.ts';
import type { LogFormat } from './service-log.ts';
import { listening, watchService } from './watch-service.ts';

interface Settings {
  readonly listen: ListenAddress | null;
  readonly logFormat: LogFormat;
  readonly maxRuntime: number | undefined;
}

/**
 * Runs the scheduler of several databases: each job at its time, on all of them, one after the other. What is due follows from the runs that
 * are remembered beside the archives, and, for each database, from its own history.
 */
export async function runForAll(
  context: Context,
  config: FleetConfig,
  { listen, logFormat, maxRuntime }: Settings,
): Promise<number> {
  const { io } = context;
  const { settings, archives } = config;
  const where = {
    database: fileLocation(config.file),
    archives,
    hooks: settings.hooks,
  };
  await using _lock = lockAll(context, config, 'firn run', SCHEDULER_LOCK);
  const { log, working, tell, stopped } = watchService(context, logFormat);
  if (settings.web?.listen != null)
    log('warn', 'the web page shows one database: run firn web --database NAME', { event: 'web' });
  await using _server =
    listen === null ? null : await listening(listen, figuresOfAll(config, io.clock, working), log);
  const quiet: Context = {
    ...context,
    note: () => undefined,
    warn: (text) => log('warn', text),
    fail: (error) =>
      log(
        'error',
        renderFailure(error, PLAIN, false)
          .trim()
          .replaceAll(/\s*\n\s*/g, '; '),
      ),
  };
  const ports: SchedulerPorts = {
    clock: io.clock,
    settings: { ...settings, database: where.database },
    look: async () => ({ runs: new Visits(archives.root).runs, pause: null }),
    async run(job, reason) {
      const one = {
        mode: job,
        dryRun: false,
        progress: false,
        maxRuntime,
        scheduled: true,
        onlyDue: true,
      } as const;
      const answer = { json: true, write: () => undefined, reason: `firn run: ${reason}` };
      const work = runJobForAll(quiet, config, { ...one, ...answer }).then(
        ({ record }) => ({ record, recorded: archives.root !== null }),
        // Another run has the lock, or the folder of the archives cannot be written to: the scheduler goes on and tries again.
        (error: unknown) => ({ record: missed(io, job, reason, error), recorded: false }),
      );
      return await beating(io.clock, work, () => tell({ event: 'turn' }));
    },
    async tell(event) {
      await tell(event);
      if (event.event !== 'overdue') return;
      const problem = await alarmOverdue(where, event.states, io.clock.now());
      if (problem !== null) await tell({ event: 'hook', problem });
    },
  };
  await runScheduler(ports, io.signal);
  await stopped();
  return EXIT.done;
}

function missed({ clock }: Io, job: JobName, reason: string, error: unknown): RunRecord {
  const startedAt = new Date(clock.now()).toISOString();
  const start = {
    id: 0,
    command: `job --mode ${job}`,
    jobs: [job],
    reason: `firn run: ${reason}`,
    startedAt,
  };
  return { ...start, end: { ...factsOfError(error), endedAt: startedAt, durationMs: 0 } };
}
