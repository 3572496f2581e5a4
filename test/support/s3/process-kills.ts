import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createDemoDatabase } from '../../../src/demo/demo-database.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import { FirnProcess } from '../faults/firn-process.ts';
import { Random } from '../faults/random.ts';
import { type RowsByTable, readWithZlib } from '../independent/archive-rows.ts';
import { rowsOfTable } from '../independent/canonical.ts';
import { downloadByCurl } from '../independent/curl-bucket.ts';
import { assertWhole } from '../independent/same-rows.ts';
import { unaccountedObjects } from './bucket-files.ts';
import { drawnFaults, type FaultRate } from './faults/drawn-faults.ts';
import type { FaultKind } from './faults/fault.ts';
import { FaultProxy } from './faults/fault-proxy.ts';
import { type BucketAccess, send } from './plain-client.ts';

/** The pauses before a repeated request are real here. */
const RATE: FaultRate = { share: 0.12, bursts: 0.004, burst: 9, staleLists: false };

export interface ProcessKillOptions {
  /** Empty; for databases and downloads. */
  readonly folder: string;
  /** Of a real server. */
  readonly bucket: BucketAccess;
  readonly seed: number;
  /** At least so many of both. */
  readonly kills: number;
  readonly faults: number;
  /** Of each database. */
  readonly rows: number;
  readonly onWorld?: (report: ProcessKills) => void;
}

export interface ProcessKills {
  worlds: number;
  /** Runs that SIGKILL ended, that ended well, and that gave up because the server was not reached. */
  kills: number;
  ended: number;
  gaveUp: number;
  rows: number;
  readonly faults: Map<FaultKind, number>;
}

/**
 * Kills the real program again and again while it archives into and consolidates in a bucket of a real server, through a proxy that loses, delays,
 * repeats and refuses requests. Then one run of each command comes to its end, and `curl`, zlib and SQLite must find every row in exactly one place,
 * and nothing else.
 */
export async function killProcessesOnS3(options: ProcessKillOptions): Promise<ProcessKills> {
  const report: ProcessKills = { worlds: 0, kills: 0, ended: 0, gaveUp: 0, rows: 0, faults: new Map() };
  const sum = (): number => [...report.faults.values()].reduce((all, count) => all + count, 0);
  while (report.kills < options.kills || sum() < options.faults) {
    await playWorld(options, options.seed + report.worlds, report);
    report.worlds++;
    options.onWorld?.(report);
  }
  return report;
}

const COMMANDS = [
  ['archive', 'all'],
  ['cleanup', 'archives', '--older-than', '5d', '--consolidate-only'],
] as const;

async function playWorld(
  { folder, bucket, rows }: ProcessKillOptions,
  seed: number,
  report: ProcessKills,
): Promise<void> {
  const random = new Random(seed);
  const place = join(folder, `world-${seed}`);
  const databasePath = join(place, 'a.db');
  mkdirSync(place);
  createDemoDatabase(databasePath, { rows, days: 20, now: instantOfMs(Date.now()), seed });
  const original = rowsNow(databasePath);
  let isRough = true;
  const draw = drawnFaults(random, RATE);
  await using proxy = await FaultProxy.start(bucket, (request, at) => (isRough ? draw(request, at) : null));
  const prefix = `world-${seed}`;
  const location = `s3://${bucket.bucket}/${prefix}?region=${bucket.region}&endpoint=${proxy.access.endpoint}&path_style=true`;
  const env = { AWS_ACCESS_KEY_ID: bucket.accessKeyId, AWS_SECRET_ACCESS_KEY: bucket.secretAccessKey };
  const start = (command: readonly string[]): FirnProcess =>
    FirnProcess.start([...command, '--db-path', databasePath, '--archive-path', location], { env });

  for (const command of COMMANDS) {
    for (let n = random.integer(4, 8); n > 0; n--) {
      // The program needs about half a second before its first request.
      const { status, signal, stderr } = await start(command).signalAfter(400 + random.next() * 2_600);
      if (signal === 'SIGKILL') report.kills++;
      else if (status === 0) {
        report.ended++;
        break;
      } else if (status === 1 || status === 3) report.gaveUp++;
      else throw new Error(`seed ${seed}: ${command.join(' ')} ended with ${status}: ${stderr}`);
    }
  }
  isRough = false;
  await proxy.injector.settle();
  for (const command of COMMANDS) {
    const { status, stdout, stderr } = await start(command).ended;
    if (status !== 0)
      throw new Error(`seed ${seed}: ${command.join(' ')} at rest: ${status}: ${stderr}${stdout}`);
  }
  for (const [kind, count] of proxy.injector.injected)
    report.faults.set(kind, (report.faults.get(kind) ?? 0) + count);
  report.rows += await judge(bucket, `${prefix}/`, place, original);
  rmSync(place, { recursive: true });
}

/** Asserts that every row is in one place, and that nothing is in bucket and spool that no receipt has. Returns how many rows there are. */
async function judge(
  bucket: BucketAccess,
  prefix: string,
  place: string,
  original: RowsByTable,
): Promise<number> {
  const databasePath = join(place, 'a.db');
  const archives = join(place, 'downloaded');
  const keys = await downloadByCurl(bucket, prefix, archives);
  const below = keys.map((key) => key.slice(prefix.length));
  assert.deepEqual(unaccountedObjects(below, databasePath), []);
  const uploads = await send(bucket, { method: 'GET', query: { uploads: '', prefix } });
  assert.doesNotMatch(uploads.body.toString(), /<UploadId>/);
  const spool = `${databasePath}.firn-spool`;
  const spooled = existsSync(spool) ? readdirSync(spool, { recursive: true, withFileTypes: true }) : [];
  assert.deepEqual(
    spooled.filter((entry) => entry.isFile()).map(({ name }) => name),
    [],
  );
  assertWhole(original, databasePath, readWithZlib(archives));
  using database = new DatabaseSync(databasePath);
  assert.equal(database.prepare('PRAGMA integrity_check').get()!.integrity_check, 'ok');
  return [...original.values()].reduce((sum, { length }) => sum + length, 0);
}

function rowsNow(databasePath: string): RowsByTable {
  using database = new DatabaseSync(databasePath, { readOnly: true });
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    .all()
    .map(({ name }) => String(name));
  return new Map(tables.map((table) => [table, rowsOfTable(databasePath, table)]));
}
