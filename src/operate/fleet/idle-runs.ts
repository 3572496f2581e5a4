import { JOB_NAMES, type RunLog, type RunLogReader, type RunRecord } from '../../hot/run-log.ts';
import type { Visit } from './visits.ts';

/** The history of a database, with the jobs that were left out because it was idle: they are not recorded in it, and were not missed. */
export function withIdleRuns(log: RunLogReader, visit: Visit | null): RunLogReader {
  const idle = visit === null ? [] : idleRuns(visit);
  return {
    runs: async (limit) => {
      const runs = [...idle, ...(await log.runs(limit))];
      return runs.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1)).slice(0, limit);
    },
    pause: () => log.pause(),
    [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
  };
}

/** The same, to be written to. */
export function writtenWithIdleRuns(log: RunLog, visit: Visit | null): RunLog {
  return {
    ...withIdleRuns(log, visit),
    begin: (start) => log.begin(start),
    end: (id, end) => log.end(id, end),
    note: (start, end) => log.note(start, end),
    setPause: (pause) => log.setPause(pause),
  };
}

function idleRuns({ idle }: Visit): RunRecord[] {
  return JOB_NAMES.flatMap((job): RunRecord[] => {
    const at = idle[job];
    if (at === undefined) return [];
    const none = { durationMs: 0, records: 0, remaining: 0, tables: [] };
    const end = { ...none, endedAt: at, outcome: 'done' as const, message: 'idle: nothing to do' };
    return [{ id: 0, command: `job --mode ${job}`, jobs: [job], reason: 'databases', startedAt: at, end }];
  });
}
