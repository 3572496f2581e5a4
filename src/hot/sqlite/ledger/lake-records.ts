import type { LakeFile } from '../../../format/lake/lake-file.ts';
import { asInstant } from '../../../model/instant.ts';
import type { Connection } from '../connection/connection.ts';

const TABLE = `
  CREATE TABLE IF NOT EXISTS main._firn_lake (
    path TEXT PRIMARY KEY NOT NULL,
    "table" TEXT NOT NULL,
    period TEXT NOT NULL,
    state TEXT NOT NULL,
    min_time INTEGER NOT NULL,
    max_time INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    exact_rows INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    footer_sha256 TEXT NOT NULL,
    rules INTEGER NOT NULL,
    written_at TEXT NOT NULL,
    segments TEXT NOT NULL,
    columns TEXT NOT NULL
  )`;

interface LakeRow {
  readonly path: string;
  readonly table: string;
  readonly period: string;
  readonly state: LakeFile['state'];
  readonly min_time: bigint;
  readonly max_time: bigint;
  readonly rows: bigint;
  readonly exact_rows: bigint;
  readonly bytes: bigint;
  readonly sha256: string;
  readonly footer_sha256: string;
  readonly rules: bigint;
  readonly written_at: string;
  readonly segments: string;
  readonly columns: string;
}

function hasLake({ db }: Connection): boolean {
  const found = db
    .prepare("SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = '_firn_lake'")
    .get();
  return found !== undefined;
}

export function selectLakeFiles(connection: Connection, table?: string): LakeFile[] {
  if (!hasLake(connection)) return [];
  const statement = connection.db.prepare(
    `SELECT * FROM main._firn_lake ${table === undefined ? '' : 'WHERE "table" = ? COLLATE NOCASE'} ORDER BY path`,
  );
  statement.setReadBigInts(true);
  const rows = statement.all(...(table === undefined ? [] : [table])) as unknown as LakeRow[];
  return rows.map((row) => ({
    ...{ path: row.path, table: row.table, period: row.period, state: row.state },
    segments: JSON.parse(row.segments),
    ...{ minTime: asInstant(Number(row.min_time)), maxTime: asInstant(Number(row.max_time)) },
    ...{ rows: Number(row.rows), exactRows: Number(row.exact_rows), bytes: Number(row.bytes) },
    ...{ sha256: row.sha256, footerSha256: row.footer_sha256 },
    columns: JSON.parse(row.columns),
    ...{ rules: Number(row.rules), writtenAt: row.written_at },
  }));
}

/** Must run inside a write transaction. */
export function upsertLakeFiles({ db }: Connection, files: readonly LakeFile[]): void {
  if (files.length === 0) return;
  db.exec(TABLE);
  const insert = db.prepare(
    `INSERT OR REPLACE INTO main._firn_lake VALUES (${Array.from({ length: 15 }, () => '?').join(', ')})`,
  );
  for (const file of files) {
    insert.run(
      ...[file.path, file.table, file.period, file.state, BigInt(file.minTime), BigInt(file.maxTime)],
      ...[BigInt(file.rows), BigInt(file.exactRows), BigInt(file.bytes), file.sha256, file.footerSha256],
      ...[BigInt(file.rules), file.writtenAt, JSON.stringify(file.segments), JSON.stringify(file.columns)],
    );
  }
}

/** Must run inside a write transaction. */
export function deleteLakeFiles(connection: Connection, paths: readonly string[]): void {
  if (paths.length === 0 || !hasLake(connection)) return;
  const forget = connection.db.prepare('DELETE FROM main._firn_lake WHERE path = ?');
  for (const path of paths) forget.run(path);
}
