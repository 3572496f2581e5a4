import { openSqliteLookup } from './hot/sqlite/open-lookup.ts';
import type { Writing } from './open.ts';
import type { RowRun } from './operate/row-run.ts';

/** What a run that restores or erases needs, from a writing session. Dispose of it before the session. */
export function openRowRun({ store, archive, policies, clock, config }: Writing): RowRun & AsyncDisposable {
  const lookup = openSqliteLookup(config.database);
  return {
    store,
    lookup,
    archive,
    policies,
    clock,
    [Symbol.asyncDispose]: () => lookup[Symbol.asyncDispose](),
  };
}
