import assert from 'node:assert/strict';
import type { ArchiveStore } from '../../src/archive/archive-store.ts';
import { listFiles } from '../../src/archive/listed-files.ts';
import { openStored } from '../../src/archive/stored-segment.ts';
import { decodeLine } from '../../src/format/line/line.ts';
import { openSegment } from '../../src/format/segment/segment-reader.ts';
import type { LedgerReader } from '../../src/hot/ledger.ts';
import { wantedFiles } from '../../src/lake/keep/lake-plan.ts';
import { readBytes } from './archives/archive.ts';
import { type Cells, cell } from './faults/cells.ts';
import { parquetRows } from './independent/parquet-rows.ts';

/**
 * The lake is what a rebuild would make: its files are those of the archived segments and no others, the ledger has them, and an independent reader
 * finds every cell of the segments in them, and no row more.
 * @returns how many rows it has.
 */
export async function assertLakeInStep(ledger: LedgerReader, archive: ArchiveStore): Promise<number> {
  const wanted = wantedFiles(await ledger.receipts());
  const records = await ledger.lakeFiles();
  const listed = (await listFiles(archive, 'lake')).map(({ path }) => path);
  assert.deepEqual(
    records.map(({ path, state }) => [path, state]),
    wanted.map(({ path }) => [path, 'whole']),
    'the records',
  );
  assert.deepEqual(
    listed,
    wanted.map(({ path }) => path),
    'the files',
  );
  let rows = 0;
  for (const { path, segments } of wanted) {
    const found = await parquetRows(await readBytes(archive, path));
    const expected: Cells[] = [];
    for (const { segment } of segments) expected.push(...(await segmentCells(archive, segment)));
    assert.deepEqual(found.rows.map(withoutNulls), expected.map(withoutNulls), path);
    rows += expected.length;
  }
  return rows;
}

export async function segmentCells(archive: ArchiveStore, segment: string): Promise<Cells[]> {
  await using stored = await openStored(archive, segment, 'any');
  const reader = await openSegment(stored!.source, segment);
  const rows: Cells[] = [];
  for await (const line of reader.lines()) {
    const cells = Object.entries(decodeLine(line)).map(([name, value]) => [name, cell(value)]);
    rows.push(Object.fromEntries(cells));
  }
  return rows;
}

/** A month has the columns of all of its days. */
export function withoutNulls(row: Cells): [string, string][] {
  return Object.entries(row)
    .filter(([, value]) => value !== 'NULL')
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
