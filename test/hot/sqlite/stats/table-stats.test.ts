import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { DueRule } from '../../../../src/hot/hot-store.ts';
import { openSqliteReader } from '../../../../src/hot/sqlite/open-sqlite.ts';
import { openSqliteStats } from '../../../../src/hot/sqlite/stats/sqlite-stats.ts';
import { parseCondition } from '../../../../src/model/filter.ts';
import { asInstant } from '../../../../src/model/instant.ts';
import { hotCutoff, openCutoff } from '../../../../src/model/policy/thresholds.ts';
import { policyOf } from '../../../support/worlds/small-database.ts';

const NOW = Date.parse('2026-02-10T12:00:00.500Z') * 1000;
const policy = policyOf('t', { openWhile: "state = 'open'" });
const rule: DueRule = {
  policy,
  now: asInstant(NOW),
  cutoff: hotCutoff(policy, asInstant(NOW)),
  openCutoff: openCutoff(policy, asInstant(NOW)),
  holds: [[parseCondition('run=held')]],
};

/** Times around both cutoffs (2026-02-03T12:00:00.5Z, 2026-01-04T12:00:00.5Z), in every form, and what is none. */
const TIMES = [
  ...['2026-02-03T12:00:00.500Z', '2026-02-03T12:00:00.501Z', '2026-02-03T12:00:00Z', '2026-02-03 12:00:00'],
  ...['2026-02-03T12:00:00.500001Z', '2026-02-03T12:00:01Z', '2026-02-03T14:00:00+02:00', '2026-02-04'],
  ...[
    '2026-02-03T23:00:00-05:00',
    '2026-02-04T10:00:00+23:00',
    '2026-02-02',
    '2026-02-03',
    '2026-02-09T00:00:00Z',
  ],
  ...[
    '2026-01-04T12:00:00.500Z',
    '2026-01-04T12:00:00.501Z',
    '2026-01-03T00:00:00Z',
    '2025-12-31T23:59:59.999Z',
  ],
  ...['2026-01-29T00:00:00Z', '2026-01-31T10:00:00.120157Z', '2026-02-31T00:00:00Z', '2026-13-01T00:00:00Z'],
  ...['2026-01-01T24:00:00Z', '2026-01-01T00:00:00.12x4Z', '2026-00-10T00:00:00Z', '2026-01-00T00:00:00Z'],
  ...['', 'yesterday', null, '1767225600', '1767225600000', '1770119999', '1770120001', '99999', 'zzz'],
  ...['2027-01-01T00:00:00Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'],
];

async function compare(ddl: string, numeric = false): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'firn-stats-'));
  const path = join(folder, 'a.db');
  try {
    using db = new DatabaseSync(path);
    db.exec(ddl);
    const insert = db.prepare('INSERT INTO t (id, ts, state, run) VALUES (?, ?, ?, ?)');
    db.exec('BEGIN');
    let id = 0;
    for (const [state, run] of [
      ['done', 'a'],
      ['open', 'a'],
      ['done', 'held'],
      ['open', 'held'],
    ] as const) {
      for (const time of TIMES) insert.run(id++, time, state, run);
      if (numeric)
        for (const time of [1_767_225_600, 1_770_119_999_000, 1.77012e9]) insert.run(id++, time, state, run);
    }
    db.exec('COMMIT');
    await using reader = await openSqliteReader(path);
    await using stats = await openSqliteStats(path);
    const shape = (await reader.shape('t'))!;
    const survey = await reader.survey(shape, rule);
    const found = await stats.table(shape, rule);
    const due = survey.days.reduce((sum, { rows }) => sum + rows, 0);
    assert.equal(found.estimated, false);
    assert.equal(found.total, id);
    assert.deepEqual(
      { undated: found.undated, open: found.open, held: found.held },
      { undated: survey.undated, open: survey.open, held: survey.held },
    );
    const { sentinel, future } = survey.oddTimes!;
    assert.deepEqual([found.sentinel, found.future], [sentinel, future]);
    assert.equal(found.stale, due + survey.undated + sentinel + survey.open + survey.held);
    assert.equal(found.hot, found.total - found.stale);
    const younger = await reader.survey(shape, { ...rule, cutoff: rule.openCutoff, holds: [] });
    const old = younger.days.reduce((sum, { rows }) => sum + rows, 0) + younger.open;
    assert.equal(found.warm, found.stale - found.undated - sentinel - old);
    assert.equal(found.oldest, Date.parse('2025-12-31T23:59:59.999Z') * 1000);
    assert.equal(found.newest, Date.parse('2027-01-01T00:00:00Z') * 1000);
    assert.equal(found.firstDue, found.oldest);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const COLUMNS = '(id INTEGER PRIMARY KEY, ts TEXT, state TEXT, run TEXT)';

test('counts agree with the survey of an archive run, through an index', async () => {
  await compare(`CREATE TABLE t ${COLUMNS}; CREATE INDEX t_ts ON t (ts)`);
});

test('counts agree without an index, and without rowids', async () => {
  await compare(`CREATE TABLE t ${COLUMNS}`);
  await compare(`CREATE TABLE t ${COLUMNS} WITHOUT ROWID`);
});

test('counts agree where numbers and texts are mixed', async () => {
  await compare('CREATE TABLE t (id INTEGER PRIMARY KEY, ts, state TEXT, run TEXT)', true);
});

test('rows a day come from the index, or from a scan of a small table', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'firn-stats-'));
  const path = join(folder, 'a.db');
  try {
    using db = new DatabaseSync(path);
    db.exec(`CREATE TABLE t ${COLUMNS}`);
    db.exec(
      "INSERT INTO t (ts) VALUES ('2026-01-01T00:00:00Z'), ('2026-01-01 23:59:59'), ('2026-01-02T00:00:00Z')",
    );
    await using reader = await openSqliteReader(path);
    await using stats = await openSqliteStats(path);
    const shape = (await reader.shape('t'))!;
    const days = ['2025-12-31', '2026-01-01', '2026-01-02'];
    assert.deepEqual(await stats.perDay(shape, policy, days), [0, 2, 1]);
    db.exec('CREATE INDEX t_ts ON t (ts)');
    assert.deepEqual(await stats.perDay(shape, policy, days), [0, 2, 1]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the file is described, and its folder stays as it was', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'firn-stats-'));
  const path = join(folder, 'a.db');
  try {
    {
      using db = new DatabaseSync(path);
      db.exec(
        'PRAGMA auto_vacuum = incremental; PRAGMA journal_mode = wal; CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(100000)); DELETE FROM t',
      );
    }
    await using stats = await openSqliteStats(path);
    const { autoVacuum, journalMode, freePages, pages, pageBytes, bytes, walBytes } = await stats.file();
    assert.deepEqual([autoVacuum, journalMode, pageBytes, walBytes], ['incremental', 'wal', 4096, 0]);
    assert.ok(freePages > 20 && freePages < pages && pages * pageBytes === bytes);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
