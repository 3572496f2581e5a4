import { sqlite } from '../../../model/database/dialect.ts';
import type { ForeignKey } from '../../hot-checkup.ts';
import type { Connection } from '../connection/connection.ts';
import { listTables } from './introspect.ts';

interface KeyRow {
  readonly id: number;
  readonly parent: string;
  readonly from: string;
  readonly to: string | null;
  readonly on_delete: ForeignKey['onDelete'];
}

/** Declared foreign keys of the user's tables, in the order of the tables; only those of one table where it is named. */
export function listForeignKeys(connection: Connection, of?: string): ForeignKey[] {
  const { db } = connection;
  const tables = listTables(connection);
  const find = (name: string) => tables.find((table) => sqlite.sameName(table, name));
  const keysOf = db.prepare(
    `SELECT id, "table" AS parent, "from", "to", on_delete FROM temp.pragma_foreign_key_list(?, 'main') ORDER BY id, seq`,
  );
  const columnsOf = db.prepare("SELECT name, pk FROM temp.pragma_table_xinfo(?, 'main') ORDER BY pk, cid");
  return tables
    .filter((table) => of === undefined || sqlite.sameName(table, of))
    .flatMap((table) => {
      const rows = keysOf.all(table) as unknown as KeyRow[];
      return [...Map.groupBy(rows, ({ id }) => id).values()].map((own): ForeignKey => {
        const [{ parent: declared, on_delete }] = own as [KeyRow];
        const parent = find(declared);
        const there = columnsOf.all(parent ?? declared) as { name: string; pk: number }[];
        const primaryKey = there.filter(({ pk }) => pk > 0).map(({ name }) => name);
        const named = own.map(({ to }, at) => to ?? primaryKey[at] ?? '');
        const found = named.map((column) => there.find(({ name }) => sqlite.sameName(name, column))?.name);
        return {
          ...{ table, columns: own.map(({ from }) => from), onDelete: on_delete },
          ...{ parent: parent ?? declared, parentColumns: found.map((column, at) => column ?? named[at]!) },
          exists: parent !== undefined && found.every((column) => column !== undefined),
        };
      });
    });
}
