import type { TableShape } from '../../model/shape.ts';
import type { Connection } from './connection.ts';
import { type UnitDrain, unitDrain } from './drain.ts';
import { type LineDrain, lineDrain } from './drain-lines.ts';
import { tableOf } from './sqlite-reader.ts';

/** How rows of one table are drained; `units` is null for tables without rowids. */
interface Drains {
  readonly units: UnitDrain | null;
  readonly line: LineDrain;
}

/**
 * Keeps the last table's statements from one drain to the next: preparing them takes longer than a small transaction. They are
 * made anew when the schema has changed.
 */
export function drainCache(connection: Connection): (shape: TableShape, archivedAt: string) => Drains {
  const schemaVersion = connection.db.prepare('PRAGMA main.schema_version');
  let serial = 0;
  let cached:
    | (Drains & { readonly shape: TableShape; readonly archivedAt: string; readonly version: unknown })
    | null = null;
  return (shape, archivedAt) => {
    const version = schemaVersion.get()?.schema_version;
    if (cached?.shape !== shape || cached.archivedAt !== archivedAt || cached.version !== version) {
      const table = tableOf(connection, shape);
      const { access } = table;
      cached?.line[Symbol.dispose]();
      cached = {
        units: access.kind === 'rowid' ? unitDrain(connection, table, archivedAt, access.rowid) : null,
        line: lineDrain(connection, table, archivedAt, serial++),
        ...{ shape, archivedAt, version },
      };
    }
    return cached;
  };
}
