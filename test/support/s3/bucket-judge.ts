import assert from 'node:assert/strict';
import type { Left } from '../faults/recorded-run.ts';
import { filesBelow } from '../fuzz/places/folder-place.ts';
import type { RowsByTable } from '../independent/archive-rows.ts';
import { canonicalRow, rowsOfTable } from '../independent/canonical.ts';
import { rowsInFiles } from '../independent/places.ts';
import { filesOfKeys, objectsOf, remnantsOf, unaccountedObjects } from './bucket-files.ts';
import { PREFIX, SPOOL } from './open-model-archive.ts';

/** Every row of these tables, in the database and in the bucket; read without Firn. */
export function rowsAnywhere({ databasePath, bucket }: Left, tables: readonly string[]): RowsByTable {
  const rows: RowsByTable = new Map(tables.map((table) => [table, rowsOfTable(databasePath, table)]));
  for (const { table, cells } of rowsInFiles(filesOfKeys(objectsOf(bucket!, PREFIX))))
    rows.get(table)!.push(canonicalRow(cells));
  for (const found of rows.values()) found.sort();
  return rows;
}

/** Asserts that every row is in exactly one place, and that nothing is left that nobody needs: no object, no file of the spool, no upload. */
export async function assertAtRest(left: Left, expected: RowsByTable): Promise<void> {
  const found = rowsAnywhere(left, [...expected.keys()]);
  const { bucket, databasePath, disk } = left;
  const remnants = [
    ...remnantsOf(bucket!),
    ...unaccountedObjects(objectsOf(bucket!, PREFIX).keys(), databasePath),
    ...[...(await filesBelow(disk, SPOOL)).keys()].map((name) => `${name} in the spool`),
  ];
  assert.deepEqual(remnants, []);
  for (const [table, rows] of expected) assert.deepEqual(found.get(table), rows, table);
}
