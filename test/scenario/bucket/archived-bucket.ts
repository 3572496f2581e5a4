import assert from 'node:assert/strict';
import { cpSync, existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { createDemoDatabase } from '../../../src/demo/demo-database.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import { firn } from '../../cli/world.ts';
import { volatileFolder } from '../../support/faults/recorded-run.ts';
import type { RowsByTable } from '../../support/independent/archive-rows.ts';
import { rowsOfTable } from '../../support/independent/canonical.ts';
import { type CurlBucket, uploadByCurl } from '../../support/independent/curl-bucket.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-03-01T12:00:00Z');
const [ROWS, DAYS] = [1200, 45];

/** A database whose older rows are in a bucket. */
export interface ArchivedBucket {
  readonly folder: string;
  readonly database: string;
  /** The same archive in a folder. */
  readonly archives: string;
  /** Of all keys, with a slash at its end. */
  readonly prefix: string;
  /** Every row as it was before the first run. */
  readonly original: RowsByTable;
}

type Value = bigint | number | string | Uint8Array | null;

/** A table whose name is not the name of its files, with a column whose values have several types. */
export const MIXED = 'mixed values.1';

/** Values that another program may read wrongly: id, real, text, blob, and one of several types for the other table. */
const READINGS: readonly (readonly [bigint, number, string | null, Uint8Array | null, Value])[] = [
  [9_223_372_036_854_775_806n, 1.5e-7, 'plain', new Uint8Array([0, 1, 255]), 1],
  [-9_223_372_036_854_775_808n, Number.POSITIVE_INFINITY, 'feed\n"quoted" \\ \u0001 ü 🏔', null, 'two'],
  [9_007_199_254_740_993n, -0, '', new Uint8Array(70_000).fill(7), 3.5],
  [0n, 0.1, '2026-01-01T00:00:00Z', new Uint8Array([92, 10]), new Uint8Array([9])],
  [-1n, 5e-324, '{"a":[1,2]}', null, null],
  [42n, 1.7976931348623157e308, null, null, -1],
];

/**
 * Archives six weeks, and consolidates the first of them in two steps, so that two generations of its bundle are in the bucket, as after
 * an interruption. Rows of the last days are hot.
 */
export async function archivedBucket(t: TestContext, bucket: CurlBucket): Promise<ArchivedBucket> {
  const folder = volatileFolder();
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [database, archives, prefix] = [join(folder, 'ideas.db'), join(folder, 'archives'), 'team-1/agents/'];
  createDemoDatabase(database, { rows: ROWS, days: DAYS, now: instantOfMs(NOW), seed: 27 });
  makeReadings(database);
  const original = rowsOfAllTables(database);
  const config = join(folder, 'firn.config.yaml');
  const compressions = { readings: 'zstd', [MIXED]: 'gzip' };
  const policies = Object.entries(compressions).map(
    ([table, compression]) =>
      `  ${JSON.stringify(table)}: {time_column: at, hot: 7d, warm: 30d, cold: 3y, compression: ${compression}}\n`,
  );
  writeFileSync(config, `database: ${database}\narchives: ${archives}\ntables:\n${policies.join('')}`);
  for (const [generation, now] of [NOW, NOW + 5 * DAY].entries()) {
    for (const argv of [
      ['archive', 'all'],
      ['cleanup', 'archives', '--consolidate-only'],
    ]) {
      const { status, stderr } = await firn([...argv, '--config', config], { now });
      assert.equal(status, 0, stderr);
    }
    await uploadBundles(bucket, prefix, archives, generation + 1);
  }
  const rest = `${folder}/rest`;
  cpSync(archives, rest, { recursive: true });
  rmSync(join(rest, 'cold'), { recursive: true });
  await uploadByCurl(bucket, prefix, rest);
  return { folder, database, archives, prefix, original };
}

/** Every row of every table of the application, canonical and sorted. */
export function rowsOfAllTables(database: string): RowsByTable {
  using db = new DatabaseSync(database, { readOnly: true });
  const names = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_firn%' ESCAPE '\\'")
    .all()
    .map(({ name }) => String(name));
  return new Map(names.map((name) => [name, rowsOfTable(database, name)]));
}

function makeReadings(database: string): void {
  using db = new DatabaseSync(database);
  db.exec(`CREATE TABLE readings (id INTEGER PRIMARY KEY, at TEXT, value REAL, note TEXT, raw BLOB);
    CREATE TABLE "${MIXED}" (id INTEGER PRIMARY KEY, at TEXT, value)`);
  const insert = db.prepare('INSERT INTO readings VALUES (?, ?, ?, ?, ?)');
  const insertMixed = db.prepare(`INSERT INTO "${MIXED}" VALUES (?, ?, ?)`);
  for (const [at, [id, value, note, raw, mixed]] of READINGS.entries()) {
    insert.run(id, `2026-02-0${at + 1}T10:00:00Z`, value, note, raw);
    insertMixed.run(id, `2026-02-0${at + 1}T10:00:00Z`, mixed);
  }
  // The row with the greatest id stays hot, so that its id is not used again.
  insert.run(9_223_372_036_854_775_807n, '2026-02-09T10:00:00Z', null, 'last', null);
  insertMixed.run(9_223_372_036_854_775_807n, '2026-02-09T10:00:00Z', null);
}

/** Those that are new or were replaced, as objects with this number. */
async function uploadBundles(
  bucket: CurlBucket,
  prefix: string,
  archives: string,
  generation: number,
): Promise<void> {
  const [copy, before] = [generation, generation - 1].map((number) => `${archives}-${number}`) as [
    string,
    string,
  ];
  const numbered = (path: string, number: number): string =>
    path.replace('.tar.gz', `.${String(number).padStart(6, '0')}.tar.gz`);
  cpSync(join(archives, 'cold'), join(copy, 'cold'), { recursive: true });
  for (const path of globSync('cold/*/*.tar.gz', { cwd: copy })) {
    const known = join(before, numbered(path, generation - 1));
    if (existsSync(known) && readFileSync(known).equals(readFileSync(join(copy, path))))
      rmSync(join(copy, path));
    else renameSync(join(copy, path), join(copy, numbered(path, generation)));
  }
  await uploadByCurl(bucket, prefix, copy);
}
