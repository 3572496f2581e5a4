import { type AmongJson, amongJson, filterOf } from '../../../model/erasure.ts';
import type { Erasure } from '../../hot-rows.ts';
import type { Connection } from '../connection/connection.ts';

/** Orders by conditions, and those with a list of values, which versions before them would take for orders without a condition. */
const [PLAIN, LISTED] = ['_firn_erasures', '_firn_erasures_listed'] as const;

/** Must run inside a write transaction. An order that was given before is not written twice: its counts add up. */
export function upsertErasure({ db }: Connection, order: Erasure): void {
  const { table, among, erasedAt, rows } = order;
  const records = among === undefined ? PLAIN : LISTED;
  db.exec(`CREATE TABLE IF NOT EXISTS main.${records} (
    id INTEGER PRIMARY KEY,
    "table" TEXT NOT NULL,
    filter TEXT NOT NULL,
    erased_at TEXT NOT NULL,
    rows INTEGER NOT NULL
  )`);
  const listed = among === undefined ? {} : { among: amongJson(among) };
  const filter = JSON.stringify({ ...filterOf(order), ...listed });
  const { changes } = db
    .prepare(`UPDATE main.${records} SET erased_at = ?, rows = rows + ? WHERE "table" = ? AND filter = ?`)
    .run(erasedAt, rows, table, filter);
  if (changes === 0) {
    db.prepare(`INSERT INTO main.${records} ("table", filter, erased_at, rows) VALUES (?, ?, ?, ?)`).run(
      ...[table, filter, erasedAt, rows],
    );
  }
}

export function selectErasures({ db }: Connection): Erasure[] {
  const find = db.prepare("SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = ?");
  return [PLAIN, LISTED].flatMap((records) => {
    if (find.get(records) === undefined) return [];
    const rows = db
      .prepare(`SELECT "table", filter, erased_at AS erasedAt, rows FROM main.${records} ORDER BY id`)
      .all() as { table: string; filter: string; erasedAt: string; rows: number }[];
    return rows.map(({ filter, ...order }): Erasure => {
      const { among, ...plain } = JSON.parse(filter) as Omit<Erasure, 'among'> & { among?: AmongJson };
      const listed = among === undefined ? {} : { among: { ...among, values: new Set(among.values) } };
      return { ...plain, ...listed, ...order };
    });
  });
}
