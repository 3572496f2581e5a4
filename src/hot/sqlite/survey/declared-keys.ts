import { sameName } from '../../../model/names.ts';
import type { Reference } from '../../../model/shape.ts';
import type { Connection } from '../connection/connection.ts';

interface KeyRow {
  readonly name: string;
  readonly id: number;
  readonly parent: string;
  readonly from: string;
  readonly to: string | null;
}

/** All declared foreign keys between tables of the user that exist, in the order of the tables. Keys that name columns which are not there are left out. */
export function listReferences({ db }: Connection): Reference[] {
  const tables = db
    .prepare(
      `SELECT name FROM temp.pragma_table_list WHERE schema = 'main' AND type = 'table'
      AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_firn\\_%' ESCAPE '\\' ORDER BY name`,
    )
    .all() as { name: string }[];
  const find = (name: string) => tables.find((table) => sameName(table.name, name))?.name;
  const keysOf = db.prepare(
    `SELECT id, "table" AS parent, "from", "to" FROM temp.pragma_foreign_key_list(?, 'main') ORDER BY id, seq`,
  );
  const columnsOf = db.prepare("SELECT name, pk FROM temp.pragma_table_xinfo(?, 'main') ORDER BY pk, cid");
  const found: Reference[] = [];
  for (const { name: table } of tables) {
    const rows = keysOf.all(table) as unknown as KeyRow[];
    for (const id of new Set(rows.map((row) => row.id))) {
      const own = rows.filter((row) => row.id === id);
      const parent = find(own[0]!.parent);
      if (parent === undefined) continue;
      const columns = columnsOf.all(parent) as { name: string; pk: number }[];
      const primaryKey = columns.filter(({ pk }) => pk > 0).map(({ name }) => name);
      const parentColumns = own.flatMap(({ to }, at) => {
        const named = to ?? primaryKey[at];
        return columns.find(({ name }) => named !== undefined && sameName(name, named))?.name ?? [];
      });
      if (parentColumns.length !== own.length) continue;
      found.push({ table, columns: own.map(({ from }) => from), parent, parentColumns });
    }
  }
  return found;
}
