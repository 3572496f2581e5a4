import assert from 'node:assert/strict';
import type { RowsByTable } from './archive-rows.ts';
import { rowsOfTable } from './canonical.ts';

/** Every table's rows in the database and in the archive are together the original ones, each once. */
export function assertWhole(original: RowsByTable, database: string, archived: RowsByTable): void {
  for (const [table, rows] of original)
    assertSame(table, [...rowsOfTable(database, table), ...(archived.get(table) ?? [])].sort(), rows);
  for (const table of archived.keys()) assert.ok(original.has(table), table);
}

/** Says the first differences only: a hundred thousand rows are no message. */
export function assertSame(table: string, found: readonly string[], expected: readonly string[]): void {
  const at = Math.max(
    0,
    expected.findIndex((row, index) => row !== found[index]),
  );
  assert.deepEqual(
    [found.length, ...found.slice(at, at + 2)],
    [expected.length, ...expected.slice(at, at + 2)],
    table,
  );
}
