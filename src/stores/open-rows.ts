import { openSqliteLookup } from '../hot/sqlite/lookup/open-lookup.ts';
import type { RowRun } from '../operate/jobs/row-run.ts';
import type { Writing } from './open.ts';

/** What a run that restores or erases needs, from a writing session. Dispose of it before the session. */
export function openRowRun(session: Writing): RowRun & AsyncDisposable {
  const lookup = openSqliteLookup(session.config.database);
  return {
    ...session,
    lookup,
    [Symbol.asyncDispose]: () => lookup[Symbol.asyncDispose](),
  };
}
