import { openSqliteLookup } from './hot/sqlite/open-lookup.ts';
import type { Writing } from './open.ts';
import type { RowRun } from './operate/row-run.ts';

/** What a run that restores or erases needs, from a writing session. Dispose of it before the session. */
export function openRowRun(session: Writing): RowRun & AsyncDisposable {
  const lookup = openSqliteLookup(session.config.database);
  return {
    ...session,
    lookup,
    [Symbol.asyncDispose]: () => lookup[Symbol.asyncDispose](),
  };
}
