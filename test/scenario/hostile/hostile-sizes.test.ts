import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DUE, HostileWorld } from '../../support/worlds/hostile-world.ts';

const LAUNCHER = fileURLToPath(new URL('../../../bin/firn.js', import.meta.url));
const THOROUGH = process.env.FIRN_THOROUGH === '1';
/** FIRN_ROWS=1000000 FIRN_DAYS=10000 try the sizes that take minutes. */
const ROWS = Number(process.env.FIRN_ROWS ?? 60_000);
const DAYS = Number(process.env.FIRN_DAYS ?? (THOROUGH ? 1500 : 500));
const MB = 1 << 20;

/** Runs the program, and looks again and again how much memory it took at most. Linux says. */
async function peakMemory(
  argv: readonly string[],
): Promise<{ status: number; stdout: string; peak: number }> {
  const child = spawn(process.execPath, [LAUNCHER, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] });
  let [stdout, peak] = ['', 0];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024);
    } catch {
      // It has just ended.
    }
  }, 25);
  const [status] = await once(child, 'close');
  clearInterval(look);
  return { status, stdout, peak };
}

function pathsOf({ database, archives, config }: HostileWorld): string[] {
  return ['--db-path', database, '--archive-path', archives, '--config', config];
}

function oneDay(t: TestContext, rows: number, columns = 'hex(randomblob(1200))'): HostileWorld {
  return new HostileWorld(t, {
    tables: { notes: {} },
    journal: 'wal',
    fill: (db) => {
      db.exec(`CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, words TEXT);
        CREATE INDEX notes_ts ON notes (ts);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
        INSERT INTO notes SELECT i, '${DUE}', ${columns} FROM n`);
    },
  });
}

test('a day of very many rows leaves in several parts, in bounded memory', async (t) => {
  const world = oneDay(t, ROWS);
  const { status, stdout, peak } = await peakMemory(['archive', 'all', '--json', ...pathsOf(world)]);
  assert.equal(status, 0);
  const { total, tables } = JSON.parse(stdout);
  assert.equal(total, ROWS);
  const bytes = tables[0].raw_bytes;
  assert.ok(tables[0].archive_files.length > 1, tables[0].archive_files.join());
  t.diagnostic(
    `${ROWS} rows, ${Math.round(bytes / MB)} MB of lines: at most ${Math.round(peak / MB)} MB of memory`,
  );
  assert.ok(peak > 0 && peak < 320 * MB, `${Math.round(peak / MB)} MB`);
  world.assertWhole();
});

test('rows of megabytes leave in bounded memory', async (t) => {
  const world = oneDay(t, 60, 'hex(randomblob(500000))');
  const { status, stdout, peak } = await peakMemory(['archive', 'all', '--json', ...pathsOf(world)]);
  assert.deepEqual([status, JSON.parse(stdout).total], [0, 60]);
  t.diagnostic(`60 MB in 60 rows: at most ${Math.round(peak / MB)} MB of memory`);
  assert.ok(peak < 400 * MB, `${Math.round(peak / MB)} MB`);
  world.assertWhole();
});

test('many hundreds of small days leave, and the next run and a look are quick', async (t) => {
  const days = DAYS;
  const world = new HostileWorld(t, {
    tables: { notes: { hot: '1d' } },
    fill: (db) => {
      db.exec(`CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, ts INTEGER);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${days})
        INSERT INTO notes SELECT i, ${Date.parse('2026-01-16T00:00:00Z')} - i * 86400000 FROM n`);
    },
  });
  const began = performance.now();
  const { status, total } = await world.archive();
  const archived = performance.now();
  assert.deepEqual([status, total], [0, days]);
  assert.equal(readdirSync(join(world.archives, 'warm')).length, days);
  assert.equal((await world.archive()).total, 0);
  const again = performance.now();
  assert.equal((await world.firn(['verify'])).status, 0);
  const verified = performance.now();
  t.diagnostic(
    `${days} days: archived in ${Math.round(archived - began)} ms, nothing to do in ${Math.round(again - archived)} ms, verified in ${Math.round(verified - again)} ms`,
  );
  world.assertWhole();
});
