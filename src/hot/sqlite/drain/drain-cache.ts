import type { TableShape } from '../../../model/shape.ts';
import type { Connection } from '../connection/connection.ts';
import { schemaVersionOf } from '../connection/schema-version.ts';
import { tableOf } from '../read/sqlite-reader.ts';
import { requireNoSideEffects } from '../sql/trigger-effects.ts';
import { type LineDrain, lineDrain } from './drain-lines.ts';
import { type UnitDrain, unitDrain } from './drain-rows.ts';

/** How rows of one table are drained; `units` is null for tables without rowids. */
interface Drains {
  readonly units: UnitDrain | null;
  readonly line: LineDrain;
  /** Triggers that may refuse the deletion of a row. */
  readonly refusing: readonly string[];
}

export interface DrainCache {
  (shape: TableShape, archivedAt: string): Drains;
  /** Those of the table that was asked for last. */
  refusing(): readonly string[];
}

/** So many tables are drained together, and one more. */
const KEPT = 16;

/**
 * Keeps the last tables' statements from one drain to the next: preparing them takes longer than a small transaction. They are
 * made anew when the schema has changed.
 */
export function drainCache(connection: Connection): DrainCache {
  const schemaVersion = schemaVersionOf(connection);
  let serial = 0;
  const cached = new Map<TableShape, Drains & { readonly archivedAt: string; readonly version: number }>();
  const forget = (shape: TableShape): void => {
    cached.get(shape)?.line[Symbol.dispose]();
    cached.delete(shape);
  };
  let refusing: readonly string[] = [];
  const drains = (shape: TableShape, archivedAt: string): Drains => {
    const version = schemaVersion();
    let found = cached.get(shape);
    if (found?.archivedAt !== archivedAt || found.version !== version) {
      forget(shape);
      if (cached.size === KEPT) forget(cached.keys().next().value!);
      const table = tableOf(connection, shape);
      const { access } = table;
      const { refusals } = requireNoSideEffects(connection, table);
      found = {
        units: access.kind === 'rowid' ? unitDrain(connection, table, archivedAt, access.rowid) : null,
        line: lineDrain(connection, table, archivedAt, serial++),
        ...{ refusing: refusals, archivedAt, version },
      };
      cached.set(shape, found);
    }
    refusing = found.refusing;
    return found;
  };
  return Object.assign(drains, { refusing: () => refusing });
}
