import { DatabaseSync } from 'node:sqlite';

/** Every row of a table as its cells, with types and bytes, sorted: what two databases must have alike. */
export function cellsOf(path: string, table: string, columns: readonly string[], where = '1'): string[] {
  using db = new DatabaseSync(path, { readOnly: false });
  const cells = columns.map((column) => {
    const name = `"${column.replaceAll('"', '""')}"`;
    return `typeof(${name}) || ':' || CASE typeof(${name}) WHEN 'real' THEN printf('%!.20e', ${name}) || (atan2(${name}, -1.0) < 0) ELSE hex(CAST(${name} AS BLOB)) END`;
  });
  const rows = db
    .prepare(
      `SELECT ${cells.join(` || ' | ' || `)} AS row FROM "${table.replaceAll('"', '""')}" WHERE ${where}`,
    )
    .all();
  return rows.map(({ row }) => String(row)).sort();
}
