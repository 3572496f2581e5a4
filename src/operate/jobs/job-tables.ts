import type { JobName, RunRecord } from '../../hot/run-log.ts';
import { sameWord } from '../../model/names.ts';
import type { PolicySet } from '../../model/policy/policy.ts';

/**
 * The tables a job archives: weekly those set so, daily every other managed table, those in no group too; monthly none, as it
 * moves and purges files.
 */
export function jobTables(
  policies: PolicySet,
  weeklyTables: readonly string[],
  job: JobName,
): readonly string[] {
  if (job === 'monthly') return [];
  const wanted = job === 'weekly';
  return [...policies.policies.keys()].filter(
    (table) => weeklyTables.some((weekly) => sameWord(weekly, table)) === wanted,
  );
}

/** The jobs that a run over these tables does the work of: those with tables, all of which are among them. */
export function jobsCovered(
  policies: PolicySet,
  weeklyTables: readonly string[],
  tables: readonly string[],
): readonly JobName[] {
  return (['daily', 'weekly'] as const).filter((job) => {
    const own = jobTables(policies, weeklyTables, job);
    return own.length > 0 && own.every((table) => tables.includes(table));
  });
}

/**
 * The same tables, those first that had no turn for the longest time: where a time budget ends a run, the next one does not
 * spend it on the same table again.
 * @param runs newest first.
 */
export function inTurn(tables: readonly string[], runs: readonly RunRecord[]): readonly string[] {
  const lastTurn = (table: string): number =>
    runs.find((run) => run.end?.tables.some((done) => done.table === table && hadTurn(done.status)))?.id ?? 0;
  const turns = new Map(tables.map((table) => [table, lastTurn(table)]));
  return [...tables].sort((a, b) => turns.get(a)! - turns.get(b)!);
}

function hadTurn(status: string): boolean {
  return status !== 'paused' && status !== 'error';
}
