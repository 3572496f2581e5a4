import type { Clock } from '../../model/clock.ts';
import type { Milliseconds } from '../../model/instant.ts';
import { alarmOverdue } from '../alarms/job-alarms.ts';
import { attemptJob } from '../jobs/run-jobs.ts';
import type { Stores } from '../stores.ts';
import { runScheduler, type SchedulerEvent, type SchedulerPorts } from './scheduler.ts';

/** Runs that tell what is due: a database that is busy for days, asked every half hour, still leaves the last monthly run among them. */
const LOOK_BACK = 300;

const BEAT_EVERY_MS = 15_000;

/** What is told of the scheduler of a database: its own events, and a hook that did not work. */
export type ServiceEvent = SchedulerEvent | { readonly event: 'hook'; readonly problem: string };

export interface ServiceOptions {
  readonly signal: AbortSignal;
  readonly maxRuntimeMs?: Milliseconds | null;
  /** Awaited before it goes on. */
  readonly tell: (event: ServiceEvent) => Promise<void>;
}

/**
 * Runs the jobs of a configuration when they are due, until the signal aborts. Throws `locked` when another scheduler is
 * at work on this database, `not_found` when there is no database.
 */
export async function runService(stores: Stores, options: ServiceOptions): Promise<void> {
  const { config, clock } = stores;
  const { signal, tell, maxRuntimeMs = null } = options;
  await using _lock = await stores.lockScheduler('firn run');
  const sayProblem = async (problem: string | null): Promise<void> => {
    if (problem !== null) await tell({ event: 'hook', problem });
  };
  const ports: SchedulerPorts = {
    clock,
    settings: config,
    async look() {
      await using log = await stores.openRunLogReader();
      return { runs: await log.runs(LOOK_BACK), pause: await log.pause() };
    },
    async run(job, reason, stop) {
      const options = { reason: `firn run: ${reason}`, signal: stop, maxRuntimeMs, keepQuiet: true };
      const attempt = await beating(clock, attemptJob(stores, job, job, options), () =>
        tell({ event: 'turn' }),
      );
      await sayProblem(attempt.hookProblem);
      return attempt;
    },
    async tell(event) {
      await tell(event);
      if (event.event === 'overdue') await sayProblem(await alarmOverdue(config, event.states, clock.now()));
    },
  };
  await runScheduler(ports, signal);
}

/** A job may take longer than a watchdog waits: meanwhile `beat` is called every few seconds, as long as the program turns at all. */
export async function beating<T>(clock: Clock, work: Promise<T>, beat: () => Promise<void>): Promise<T> {
  const done = new AbortController();
  const over = work.finally(() => done.abort());
  over.catch(() => undefined);
  while (!done.signal.aborted) {
    await clock.sleep(BEAT_EVERY_MS, done.signal);
    await beat();
  }
  return await over;
}
