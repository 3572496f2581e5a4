import type { ArchiveStore } from '../../../../src/archive/archive-store.ts';
import { openBundle } from '../../../../src/format/bundle/bundle-reader.ts';
import type { Row } from '../../../../src/format/line/line.ts';
import { proveSegment } from '../../../../src/format/segment/prove.ts';
import type { ByteSource } from '../../../../src/format/segment/segment.ts';
import { openSegment } from '../../../../src/format/segment/segment-reader.ts';
import { parseBundlePath, parseWarmPath } from '../../../../src/format/segment-names.ts';
import { ARCHIVED_AT, ROWID } from '../../../../src/model/shape.ts';
import { type Cells, cell, type Identified, keyOf, openBystander, readRows } from '../cells.ts';

/** A row in one of the places where rows live. */
export interface LiveRow extends Identified {
  readonly table: string;
  /** `hot`, or the path of the file: `warm/2026-01-16/a.jsonl.gz`, `cold/2026/2026-01.tar.gz:2026-01-16/a.jsonl.gz`. */
  readonly place: string;
}

/** A segment wherever it lies. */
export interface LiveSegment {
  readonly segment: string;
  readonly place: string;
}

/** Every row of these tables in the hot store. */
export function* hotRows(databasePath: string, tables: Iterable<string>): Generator<LiveRow, void, void> {
  using database = openBystander(databasePath);
  for (const table of tables) {
    for (const row of readRows(database, table)) yield { ...row, table, place: 'hot' };
  }
}

/** Every row of every segment in warm and cold, each segment proved before; `onSegment` hears of each. */
export async function* archivedRows(
  archive: ArchiveStore,
  onSegment: (found: LiveSegment) => void,
): AsyncGenerator<LiveRow, void, void> {
  for (const { path } of await archive.list('')) {
    const segment = parseWarmPath(path);
    if (segment === null && parseBundlePath(path) === null) continue;
    await using file = await archive.open(path);
    if (segment !== null) {
      onSegment({ segment, place: path });
      yield* segmentRows(file, path);
      continue;
    }
    const bundle = await openBundle(file, path);
    for (const { name } of bundle.members) {
      const place = `${path}:${name}`;
      onSegment({ segment: name, place });
      yield* segmentRows(bundle.open(name)!, place);
    }
  }
}

async function* segmentRows(source: ByteSource, place: string): AsyncGenerator<LiveRow, void, void> {
  for await (const _ of proveSegment(source, place));
  const reader = await openSegment(source, place);
  const { table, primaryKey } = reader.footer;
  let rows = 0;
  for await (const row of reader.rows()) {
    rows++;
    const cells = cellsOf(row);
    const key =
      primaryKey.length === 0 ? [cell(row[ROWID] ?? null)] : primaryKey.map((column) => cells[column]!);
    yield { table, key: keyOf(key), cells, place };
  }
  if (rows !== reader.footer.rows)
    throw new Error(`${place} has ${rows} rows and says ${reader.footer.rows}`);
}

function cellsOf(row: Row): Cells {
  const cells: Record<string, string> = Object.create(null);
  for (const [column, value] of Object.entries(row)) {
    if (column !== ARCHIVED_AT && column !== ROWID) cells[column] = cell(value);
  }
  return cells;
}
