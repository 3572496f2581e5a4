/**
 * Makes a database and its archive of many small segments, with the writers of the format and of the ledger: ten years of archiving in a minute.
 * Usage: make-segments.ts FOLDER SEGMENTS warm|cold. The folder gets `bench.db`, `archives` and `firn.config.yaml`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { writeBundle } from '../../src/format/bundle/bundle-writer.ts';
import { encodeLine, valueText } from '../../src/format/line/line-encode.ts';
import { createSegmentWriter } from '../../src/format/segment/segment-writer.ts';
import { bundlePath, segmentName, warmPath } from '../../src/format/segment-names.ts';
import type { Receipt } from '../../src/hot/ledger.ts';
import { openSqliteStore } from '../../src/hot/sqlite/open-sqlite.ts';
import { instantOfMs } from '../../src/model/instant.ts';
import { ARCHIVED_AT } from '../../src/model/shape.ts';
import { MemoryFile } from '../../test/support/archives/memory-file.ts';

const DAY_MS = 86_400_000;
const TABLES = 6;
const ROWS = 12;
const COLUMNS = [
  { name: 'id', type: 'INTEGER', key: 1 },
  { name: 'ts', type: 'TEXT', key: 0 },
  { name: 'run_id', type: 'TEXT', key: 0 },
  { name: 'kind', type: 'TEXT', key: 0 },
  { name: 'words', type: 'TEXT', key: 0 },
];
const KEYS = ['id', 'run_id'];
const IDENTITY = 'bench-of-many-segments';

const [folder, segments, tier] = process.argv.slice(2) as [string, string, 'warm' | 'cold'];
const days = Math.ceil(Number(segments) / TABLES);
const now = Date.now();
const first = Math.floor(now / DAY_MS) - days - 8;
const file = (path: string): string => join(folder, 'archives', path);
const write = (path: string, content: Uint8Array | string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
};

const ddlOf = (table: string): readonly string[] => [
  `CREATE TABLE ${table} (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT NOT NULL, run_id TEXT, kind TEXT, words TEXT)`,
  `CREATE INDEX ${table}_ts ON ${table} (ts)`,
  `CREATE INDEX ${table}_run ON ${table} (run_id)`,
];

const receipts: Receipt[] = [];

/** The rows of one table and day. The first of them is of the run `run-TABLE-DAY`. */
async function segmentOf(table: string, at: number): Promise<MemoryFile> {
  const day = new Date(at * DAY_MS).toISOString().slice(0, 10);
  const sealed = new MemoryFile();
  const archivedAt = new Date((at + 8) * DAY_MS).toISOString();
  const writer = createSegmentWriter(
    sealed,
    {
      ...{ table, day, span: 'day', part: 1, columns: COLUMNS, primaryKey: ['id'], timeColumn: 'ts' },
      ...{ ddl: ddlOf(table), archivedAt, compression: 'gzip', replaces: null },
    },
    { lookupKeys: KEYS },
  );
  const rows = Array.from({ length: ROWS }, (_, row) => ({
    ...{ id: BigInt((at - first) * ROWS + row + 1), ts: new Date(at * DAY_MS + row * 60_000).toISOString() },
    ...{ run_id: `run-${table}-${day}-${row}`, kind: `k${row % 3}`, words: `row ${row} of ${day}` },
    [ARCHIVED_AT]: archivedAt,
  }));
  const names = [...COLUMNS.map(({ name }) => name), ARCHIVED_AT];
  await writer.add({
    lines: Buffer.concat(rows.map((row) => encodeLine(names, row))),
    minTime: instantOfMs(at * DAY_MS),
    maxTime: instantOfMs(at * DAY_MS + (ROWS - 1) * 60_000),
    keys: new Map(KEYS.map((key) => [key, rows.map((row) => valueText(row[key as 'id'])!)])),
    rows: ROWS,
  });
  const footer = await writer.finish();
  const { rows: count, rawBytes, digest, minTime, maxTime } = footer;
  receipts.push({
    ...{
      segment: segmentName(table, day, 1, 'gzip'),
      table,
      day,
      span: 'day',
      part: 1,
      state: 'archived',
      tier,
    },
    ...{ rows: count, bytes: sealed.bytes, rawBytes, digest, minTime, maxTime, archivedAt, position: count },
    ...{ deleted: count, changed: 0, absent: 0, replacedBy: null, purgedAt: null, adopted: false },
    provedAt: null,
  });
  return sealed;
}

let month: { name: string; source: MemoryFile }[] = [];
for (let at = first; at < first + days; at++) {
  const day = new Date(at * DAY_MS).toISOString().slice(0, 10);
  for (let table = 0; table < TABLES; table++) {
    const source = await segmentOf(`events_${table}`, at);
    const name = segmentName(`events_${table}`, day, 1, 'gzip');
    if (tier === 'warm') write(file(warmPath(name)), source.content);
    else month.push({ name, source });
  }
  const next = new Date((at + 1) * DAY_MS).toISOString().slice(0, 7);
  if (tier === 'warm' || (next === day.slice(0, 7) && at + 1 < first + days)) continue;
  const bundle = new MemoryFile();
  await writeBundle(bundle, day.slice(0, 7), month);
  write(file(bundlePath(day.slice(0, 7))), bundle.content);
  month = [];
}
write(
  file('archive.json'),
  `${JSON.stringify({ format: 1, database: IDENTITY, created: new Date(now).toISOString() })}\n`,
);
const database = join(folder, 'bench.db');
{
  using db = new DatabaseSync(database);
  db.exec('PRAGMA journal_mode = WAL');
  for (let table = 0; table < TABLES; table++) {
    for (const sql of ddlOf(`events_${table}`)) db.exec(sql);
    db.exec(
      `INSERT INTO events_${table} (id, ts, run_id) VALUES (${days * ROWS + 1}, '${new Date(now).toISOString()}', 'now')`,
    );
  }
}
const policy = `{hot: 7d, warm: ${tier === 'warm' ? 9000 : 1}d, cold: 9000d, time_column: ts, lookup_keys: [run_id]}`;
const tables = Array.from({ length: TABLES }, (_, table) => `  events_${table}: ${policy}\n`);
write(
  join(folder, 'firn.config.yaml'),
  `preset: none\ndatabase: bench.db\narchives: archives\ntables:\n${tables.join('')}`,
);
await using store = await openSqliteStore(database);
await store.ledger.identify(IDENTITY);
await store.ledger.insert(receipts);
