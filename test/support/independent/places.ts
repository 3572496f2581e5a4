import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { cellsOfLine, linesOf } from './archive-rows.ts';
import { cellsOfTable } from './canonical.ts';
import { SEGMENT, segmentText } from './segment-text.ts';

/** A row where it was found. */
export interface PlacedRow {
  readonly table: string;
  /** `hot`, or the path of the file; a bundle's member behind a colon. */
  readonly place: string;
  readonly cells: readonly (readonly [column: string, cell: string])[];
}

/** Every row of every table in the database that has such a column, with SQLite alone. */
export function* rowsInDatabase(path: string, column: string): Generator<PlacedRow> {
  using database = new DatabaseSync(path, { readBigInts: true, timeout: 10_000, readOnly: true });
  const tables = database
    .prepare(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_firn\\_%' ESCAPE '\\'
        AND EXISTS (SELECT 1 FROM pragma_table_xinfo(sqlite_schema.name) AS c WHERE c.name = ?)`,
    )
    .all(column)
    .map(({ name }) => String(name));
  for (const table of tables) {
    for (const cells of cellsOfTable(database, table)) yield { table, place: 'hot', cells };
  }
}

/**
 * Every row of every segment in warm and cold, from the bytes of the files by their path in the archive. A segment that
 * lies in both, with the same bytes, is read once. Quarantine is not read.
 */
export function* rowsInFiles(files: ReadonlyMap<string, Uint8Array>): Generator<PlacedRow> {
  const read = new Map<string, Uint8Array>();
  for (const [path, bytes] of files) {
    if (path.startsWith('warm/')) yield* once(read, path.slice('warm/'.length), bytes, path);
    if (!/^cold\/.*\.tar\.gz$/.test(path)) continue;
    for (const [name, member] of tarMembers(gunzipSync(bytes)))
      yield* once(read, name, member, `${path}:${name}`);
  }
}

function* once(
  read: Map<string, Uint8Array>,
  segment: string,
  bytes: Uint8Array,
  place: string,
): Generator<PlacedRow> {
  const [, , encoded] = SEGMENT.exec(segment) ?? [];
  if (encoded === undefined) return;
  const known = read.get(segment);
  if (known !== undefined && Buffer.compare(known, bytes) === 0) return;
  read.set(segment, bytes);
  for (const line of linesOf(segmentText(segment, bytes))) {
    const cells = cellsOfLine(line);
    if (cells !== null) yield { table: decodeURIComponent(encoded), place, cells };
  }
}

/** The files of a tar archive (POSIX ustar), by name. */
function* tarMembers(tar: Buffer): Generator<[name: string, content: Uint8Array]> {
  const field = (at: number, length: number): string =>
    tar.toString('latin1', at, at + length).replace(/\0.*$/s, '');
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(field(at + 124, 12), 8);
    const [type, prefix] = [field(at + 156, 1), field(at + 345, 155)];
    const name = prefix === '' ? field(at, 100) : `${prefix}/${field(at, 100)}`;
    const start = at + 512;
    if (type === '0' || type === '') yield [name, tar.subarray(start, start + size)];
    else if (type !== '5') throw new Error(`${name}: a tar entry of type ${type}`);
    at = start + Math.ceil(size / 512) * 512;
  }
}
