import { hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LakeColumn, LakeFile } from '../../../src/format/lake/lake-file.ts';
import { lakeDayPath } from '../../../src/format/lake/lake-path.ts';
import { decodeLine, type SqlValue } from '../../../src/format/line/line.ts';
import { encodeValue } from '../../../src/format/line/line-encode.ts';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { emptyReport } from '../../../src/lookup/places/search-report.ts';
import { type ArchivedLines, archivedLines } from '../../../src/lookup/read/archived-lines.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { standingClock } from '../archive-trial.ts';
import { askDuck } from '../independent/duckdb.ts';
import type { LookupWorld } from '../worlds/lookup-world.ts';
import { SMALL_NOW } from '../worlds/small-database.ts';
import { publish } from './archive.ts';
import { lakeFileOf } from './lake-files.ts';

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A Parquet copy of each segment of a table that `wanted` takes, and its record: made row by row, without the converter of `src/lake`. */
export async function makeLake(
  world: LookupWorld,
  table: string,
  wanted: (segment: string) => boolean = () => true,
): Promise<LakeFile[]> {
  const places = await world.places();
  const records: LakeFile[] = [];
  const options = { newestFirst: false, report: emptyReport() };
  for await (const segment of archivedLines(places, everything([table]), options))
    if (wanted(segment.ref.segment)) records.push(await copyOf(world, segment));
  await using store = await openSqliteStore(world.database, standingClock(SMALL_NOW));
  await store.ledger.recordLake(records);
  return records;
}

async function copyOf(world: LookupWorld, { ref, footer, lines }: ArchivedLines): Promise<LakeFile> {
  const columns: LakeColumn[] = [
    ...footer.columns.map(({ name, type }) => ({ name, ...kindOf(type) })),
    { name: '_archived_at', kind: 'UTF8' },
    ...(footer.primaryKey.length > 0 ? [] : [{ name: '_rowid', kind: 'INT64' } as const]),
  ];
  const folder = mkdtempSync(join(tmpdir(), 'firn-made-lake-'));
  try {
    const [source, target] = [join(folder, 'rows.jsonl'), join(folder, 'rows.parquet')];
    let exactRows = 0;
    const rows: string[] = [];
    for await (const line of lines) {
      const { stored, exact } = rowOf(decodeLine(line), columns);
      if (exact !== null) exactRows++;
      rows.push(JSON.stringify({ ...stored, _exact: exact }));
    }
    writeFileSync(source, rows.join('\n'));
    const names = [...columns.map(({ name }) => name), '_exact'];
    const texts = names.map((name) => `${quoted(name)}: 'VARCHAR'`).join(', ');
    const values = [...columns.map(typed), '_exact'].join(', ');
    await askDuck(
      `COPY (SELECT ${values} FROM read_json('${source}', format = 'newline_delimited', columns = {${texts}})) TO '${target}' (FORMAT parquet)`,
    );
    const bytes = readFileSync(target);
    const end = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8);
    const path = lakeDayPath(ref.segment);
    await publish(world.archive, path, bytes);
    return lakeFileOf(ref.segment, {
      ...{ path, table: ref.table, segments: [{ name: ref.segment, seal: ref.digest! }] },
      ...{ minTime: ref.minTime, maxTime: ref.maxTime, rows: rows.length, exactRows, columns },
      ...{ bytes: bytes.length, sha256: hash('sha256', bytes, 'hex') },
      footerSha256: hash('sha256', bytes.subarray(end), 'hex'),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function kindOf(type: string): Pick<LakeColumn, 'kind' | 'any'> {
  if (/int/i.test(type)) return { kind: 'INT64' };
  if (/char|clob|text/i.test(type)) return { kind: 'UTF8' };
  if (/blob/i.test(type)) return { kind: 'BYTE_ARRAY' };
  return /real|floa|doub/i.test(type) ? { kind: 'DOUBLE' } : { kind: 'UTF8', any: true };
}

/** Each value as text for its column, and those that the column does not hold exactly as in the line. */
function rowOf(
  row: Readonly<Record<string, SqlValue>>,
  columns: readonly LakeColumn[],
): { stored: Record<string, string | null>; exact: string | null } {
  const stored: Record<string, string | null> = {};
  const exact: string[] = [];
  for (const { name, kind, any } of columns) {
    const value = row[name] ?? null;
    const line = encodeValue(value);
    const isPlainText = typeof value === 'string' && kind === 'UTF8';
    if (value === null) stored[name] = null;
    else if (kind === 'INT64' && typeof value === 'bigint') stored[name] = line;
    else if (kind === 'DOUBLE' && typeof value === 'number')
      stored[name] = Object.is(value, -0) ? '-0.0' : String(value);
    else if (kind === 'BYTE_ARRAY' && value instanceof Uint8Array)
      stored[name] = Buffer.from(value).toString('base64');
    else if (isPlainText && !(any && NUMBER.test(value))) stored[name] = value;
    else if (any && NUMBER.test(line)) stored[name] = line;
    else {
      exact.push(`${JSON.stringify(name)}:${line}`);
      stored[name] = isPlainText ? value : null;
    }
  }
  return { stored, exact: exact.length === 0 ? null : `{${exact.join(',')}}` };
}

function typed({ name, kind }: LakeColumn): string {
  const column = quoted(name);
  if (kind === 'UTF8') return column;
  const value = {
    INT64: `${column}::BIGINT`,
    DOUBLE: `${column}::DOUBLE`,
    BYTE_ARRAY: `from_base64(${column})`,
  }[kind];
  return `${value} AS ${column}`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
