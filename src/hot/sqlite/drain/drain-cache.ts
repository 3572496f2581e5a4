import type { TableShape } from '../../../model/shape.ts';
import type { Connection } from '../connection/connection.ts';
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

/**
 * Keeps the last table's statements from one drain to the next: preparing them takes longer than a small transaction. They are
 * made anew when the schema has changed.
 */
export function drainCache(connection: Connection): DrainCache {
  const schemaVersion = connection.db.prepare('PRAGMA main.schema_version');
  let serial = 0;
  let cached:
    | (Drains & { readonly shape: TableShape; readonly archivedAt: string; readonly version: unknown })
    | null = null;
  const drains = (shape: TableShape, archivedAt: string): Drains => {
    const version = schemaVersion.get()?.schema_version;
    if (cached?.shape !== shape || cached.archivedAt !== archivedAt || cached.version !== version) {
      const table = tableOf(connection, shape);
      const { access } = table;
      const { refusals } = requireNoSideEffects(connection, table);
      cached?.line[Symbol.dispose]();
      cached = {
        units: access.kind === 'rowid' ? unitDrain(connection, table, archivedAt, access.rowid) : null,
        line: lineDrain(connection, table, archivedAt, serial++),
        ...{ refusing: refusals, shape, archivedAt, version },
      };
    }
    return cached;
  };
  return Object.assign(drains, { refusing: () => cached?.refusing ?? [] });
}
